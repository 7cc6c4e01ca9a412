// SPDX-License-Identifier: GPL-2.0-only
// How is a scenario run? By its kind: interleavings are searched, sequences are executed. Either way
// events and counts come out.

import { Crash, PortError, type RunEvent, WouldBlock } from '#explorer/run';
import { search } from '#explorer/search';
import type { SystemUnderTest } from '#vocabulary';
import {
  hostOf,
  type InterleavingScenario,
  programOf,
  runSequential,
  type SequentialScenario,
} from './suites.ts';
import type { Unit } from './unit.ts';

export interface UnitCounts {
  readonly states: number;
  readonly transitions: number;
  /** Nodes of the automata: how often port code was unfolded. */
  readonly nodes: number;
  /** What a sequential scenario compared. */
  readonly checks: number;
}

export const NO_COUNTS: UnitCounts = { states: 0, transitions: 0, nodes: 0, checks: 0 };

export interface Explored {
  readonly isComplete: boolean;
  /** Why it is not complete; else empty. */
  readonly reason: string;
  readonly events: readonly RunEvent[];
  readonly counts: UnitCounts;
}

/** Explores a unit. Errors of ours are thrown, those of the code under test are events. */
export function explore(system: SystemUnderTest, unit: Unit): Explored {
  try {
    return unit.scenario.kind === 'interleaving'
      ? interleavings(system, unit.scenario, unit)
      : sequence(system, unit.scenario, unit);
  } catch (error) {
    return failed(error);
  }
}

function interleavings(
  system: SystemUnderTest,
  scenario: InterleavingScenario,
  { mmio, memoryModel, budgetStates }: Unit,
): Explored {
  const host = hostOf(scenario.host, mmio);
  const program = programOf(system, scenario, { host, memoryModel, wantLogs: false });
  const budget = budgetStates ?? scenario.budgetStates;
  const { isComplete, events, counts } = search(program, {
    memoryModel,
    budgetStates: budget,
    wantEnds: false,
  });
  const { states, transitions, nodes } = counts;
  return {
    isComplete,
    reason: isComplete ? '' : budgetText(budget),
    events,
    counts: { states, transitions, nodes, checks: 0 },
  };
}

/** Why a search that spent its budget is not complete. */
export function budgetText(states: number): string {
  return `the budget of ${states} states is spent`;
}

function sequence(system: SystemUnderTest, scenario: SequentialScenario, { mmio }: Unit): Explored {
  const { events, checked } = runSequential(system, scenario, mmio);
  return { isComplete: true, reason: '', events, counts: { ...NO_COUNTS, checks: checked } };
}

/** Code that fails before any thread runs, such as while the VM is made. */
function failed(error: unknown): Explored {
  const counts = NO_COUNTS;
  if (error instanceof PortError) {
    return { isComplete: false, reason: error.message, events: [], counts };
  }
  const isCrash =
    error instanceof TypeError || error instanceof RangeError || error instanceof Crash;
  if (!isCrash && !(error instanceof WouldBlock)) throw error;
  const kind = isCrash ? 'crash' : 'deadlock';
  const event = { kind, detail: `before any thread runs: ${error.message}` };
  return { isComplete: true, reason: '', events: [event], counts };
}
