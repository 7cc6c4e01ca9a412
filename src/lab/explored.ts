// SPDX-License-Identifier: GPL-2.0-only
// How is a scenario run? By its kind: interleavings are explored by one of three engines, sequences
// are executed. Either way events and counts come out.

import { optimalDpor } from '#explorer/dpor';
import type { Outcome } from '#explorer/outcome';
import type { Program } from '#explorer/program';
import { rawSearch } from '#explorer/raw-search';
import { Crash, PortError, type RunEvent, WouldBlock } from '#explorer/run';
import { search } from '#explorer/search';
import type { SystemUnderTest } from '#vocabulary';
import { freshProgram } from './fresh-program.ts';
import {
  type InterleavingScenario,
  runSequential,
  type SequentialRun,
  type SequentialScenario,
} from './suites.ts';
import type { Unit } from './unit.ts';

/**
 * `reduced`: stored states over minimised automata, the default. `plain`: stored states, no
 * reduction.
 * `dpor`: one execution for each order of dependent steps; sequential consistency only.
 */
export type Engine = 'reduced' | 'plain' | 'dpor';
export const ENGINES: readonly Engine[] = ['reduced', 'plain', 'dpor'];

export interface EngineChoice {
  readonly engine: Engine;
  /** Most steps that `dpor` may take in all executions. */
  readonly budgetSteps: number;
}

export const REDUCED: EngineChoice = { engine: 'reduced', budgetSteps: 0 };

export interface UnitCounts {
  readonly states: number;
  readonly transitions: number;
  /** Executions that `dpor` ran: one for each order. */
  readonly executions: number;
  /** Nodes of the automata: how often port code was unfolded. */
  readonly nodes: number;
  /** What a sequential scenario compared. */
  readonly checks: number;
  /** VMs that it made, and loads and stores in them. */
  readonly vms: number;
  readonly accesses: number;
}

export const NO_COUNTS: UnitCounts = {
  states: 0,
  transitions: 0,
  executions: 0,
  nodes: 0,
  checks: 0,
  vms: 0,
  accesses: 0,
};

export interface Explored {
  readonly isComplete: boolean;
  /** Why it is not complete; else empty. */
  readonly reason: string;
  readonly events: readonly RunEvent[];
  readonly counts: UnitCounts;
  /**
   * What can be told of it from outside: of each end, sorted; or of each call, in order. Empty
   * unless the unit is observed.
   */
  readonly observables: readonly string[];
}

/** Explores a unit. Errors of ours are thrown, those of the code under test are events. */
export function explore(system: SystemUnderTest, unit: Unit, choice: EngineChoice): Explored {
  try {
    return unit.scenario.kind === 'interleaving'
      ? interleavings(system, unit.scenario, unit, choice)
      : sequence(system, unit.scenario, unit);
  } catch (error) {
    return failed(error);
  }
}

function interleavings(
  system: SystemUnderTest,
  scenario: InterleavingScenario,
  unit: Unit,
  choice: EngineChoice,
): Explored {
  const program = freshProgram(system, scenario, unit, unit.isObserved);
  const budget = unit.budgetStates ?? scenario.budgetStates;
  const outcome = outcomeOf(program, unit, budget, choice);
  const spent = choice.engine === 'dpor' ? `${choice.budgetSteps} steps` : `${budget} states`;
  return exploredBy(outcome, spent);
}

/** What an engine found. `spent`: the budget that it had, in words. */
export function exploredBy(outcome: Outcome, spent: string): Explored {
  const { isComplete, events, counts, observables } = outcome;
  return {
    isComplete,
    reason: isComplete ? '' : `the budget of ${spent} is spent`,
    events,
    counts: { ...NO_COUNTS, ...counts },
    observables,
  };
}

function outcomeOf(
  program: Program,
  { memoryModel, isObserved = false, closureNodes }: Unit,
  budgetStates: number,
  { engine, budgetSteps }: EngineChoice,
): Outcome {
  const options = {
    memoryModel,
    budgetStates,
    wantEnds: false,
    wantObservables: isObserved,
    closureNodes,
  };
  if (engine === 'reduced') return search(program, options);
  if (engine === 'plain') return rawSearch(program, options);
  if (memoryModel !== 'sc') throw new Error('dpor knows sequential consistency only');
  // No execution is without a step, so the steps bound the executions too.
  return optimalDpor(program, { budgetExecutions: budgetSteps, budgetSteps, wantEnds: false });
}

function sequence(
  system: SystemUnderTest,
  scenario: SequentialScenario,
  { mmio, isObserved = false }: Unit,
): Explored {
  const observables: string[] = [];
  const trace = isObserved ? observables : null;
  return exploredInOrder(runSequential(system, scenario, mmio, trace), observables);
}

/** What a sequence found. */
export function exploredInOrder(run: SequentialRun, observables: readonly string[]): Explored {
  const { events, checked, vms, accesses } = run;
  const counts = { ...NO_COUNTS, checks: checked, vms, accesses };
  return { isComplete: true, reason: '', events, counts, observables };
}

/** How the detail of such an event begins. No schedule leads to it. */
const BEFORE_THREADS = 'before any thread runs: ';

/** Did it happen before any thread ran? */
export function isBeforeThreads({ detail }: { readonly detail: string }): boolean {
  return detail.startsWith(BEFORE_THREADS);
}

/** Code that fails before any thread runs, such as while the VM is made. */
function failed(error: unknown): Explored {
  const [counts, observables] = [NO_COUNTS, []];
  if (error instanceof PortError) {
    return { isComplete: false, reason: error.message, events: [], counts, observables };
  }
  const isCrash =
    error instanceof TypeError || error instanceof RangeError || error instanceof Crash;
  if (!isCrash && !(error instanceof WouldBlock)) throw error;
  const kind = isCrash ? 'crash' : 'deadlock';
  const event = { kind, detail: `${BEFORE_THREADS}${error.message}` };
  return { isComplete: true, reason: '', events: [event], counts, observables };
}
