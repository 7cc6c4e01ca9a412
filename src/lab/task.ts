// SPDX-License-Identifier: GPL-2.0-only
// What does a worker do with one mutant? It loads it once, runs the units that reach its edits,
// compares them with the baseline, and finds the schedule that tells its story. The baseline itself
// is measured on the way: what each unit enters of the port, and how much work it is.

import type { Mutant } from '#mutation/mutant';
import type { EraName } from '#vocabulary';
import { type Coverage, covered } from './coverage.ts';
import { isBeforeThreads } from './explored.ts';
import { portOf } from './ports.ts';
import { runEverywhere, runUntilSettled } from './settle.ts';
import { storyOf } from './story.ts';
import { INVARIANTS, SCENARIOS } from './suites.ts';
import { type Loaded, type Told, tellViolations, toldOf } from './tell.ts';
import {
  emptyResult,
  runUnit,
  type Unit,
  type UnitName,
  type UnitResult,
  unitName,
  unitText,
  type Violation,
  violationText,
} from './unit.ts';
import { loadSystem } from './variants.ts';
import { type Kill, type Verdict, verdictOf } from './verdict.ts';

/** A unit that can be sent to another thread: functions cannot. */
export interface UnitOrder extends UnitName {
  readonly budgetStates: number | null;
}

export interface Task {
  readonly era: EraName;
  /** Null: the baseline. */
  readonly mutant: Mutant | null;
  readonly units: readonly UnitOrder[];
  /** What the unmutated port does in the same units; null if no verdict is wanted. */
  readonly baseline: readonly UnitResult[] | null;
  /** What it enters in them, one for each; empty if there is no baseline. */
  readonly coverage: readonly Coverage[];
  /** Names of invariants whose story is preferred. */
  readonly story: readonly string[];
  /** Only these invariants are judged; empty: all. */
  readonly invariants: readonly string[];
  /** Run all units even if the light ones have given the answer. */
  readonly isComplete: boolean;
}

/** The kill that is told, with the schedule that shows it. */
export interface Story {
  readonly kill: Kill;
  /** Null for a sequence, which needs no schedule. */
  readonly schedule: string | null;
  /** What a reader sees: the table of the interleaving, or the sentence of the sequence. */
  readonly text: string;
}

export interface TaskResult {
  readonly units: readonly UnitResult[];
  /** One for each unit of the port as it stands; empty for a mutant. */
  readonly coverage: readonly Coverage[];
  readonly verdict: Verdict | null;
  readonly story: Story | null;
}

/** Draws what was told; lab knows no layout. */
export type Draw = (loaded: Loaded, unit: Unit, told: Told) => string;

export async function runTask(task: Task, draw: Draw): Promise<TaskResult> {
  const { era, mutant, baseline } = task;
  const units = task.units.map(unitOf);
  if (mutant === null) return runPort(task, units);
  const load = await loadOrCrash(era, mutant);
  if ('crash' in load) return crashed(task, mutant, load.crash);
  const loaded = { era, mutant, system: load.system };
  const run = (unit: Unit) => judgedBy(task, runUnit(loaded.system, unit, INVARIANTS));
  if (baseline === null) {
    return { units: units.map(run), coverage: [], verdict: null, story: null };
  }
  const trial = { mutant, units, baseline, coverage: task.coverage, story: task.story, run };
  const results = task.isComplete ? runEverywhere(trial) : runUntilSettled(trial);
  const verdict = verdictOf(mutant, results, baseline);
  const story = tellStory(task, loaded, units, verdict, draw);
  return { units: results, coverage: [], verdict, story };
}

/** The port as it stands, in modules of its own for each unit. */
async function runPort(task: Task, units: readonly Unit[]): Promise<TaskResult> {
  const [results, coverage]: [UnitResult[], Coverage[]] = [[], []];
  for (const unit of units) {
    const run = await covered(portOf(task.era), (system) => runUnit(system, unit, INVARIANTS));
    results.push(judgedBy(task, run.result));
    coverage.push(run.coverage);
  }
  return { units: results, coverage, verdict: null, story: null };
}

/** The unit of a name. Throws if the suites have no such scenario. */
function unitOf({ scenario: id, mmio, memoryModel, budgetStates }: UnitOrder): Unit {
  const scenario = SCENARIOS.find((known) => known.id === id);
  if (scenario === undefined) throw new Error(`there is no scenario ${id}`);
  return { scenario, mmio, memoryModel, budgetStates };
}

function judgedBy({ invariants }: Task, result: UnitResult): UnitResult {
  if (invariants.length === 0) return result;
  const violations = result.violations.filter(({ invariant }) => invariants.includes(invariant));
  return { ...result, violations };
}

type Load = { readonly system: Loaded['system'] } | { readonly crash: Violation };

/** Mutated code may fail while its modules are loaded. A mutant that is not placed is our error. */
async function loadOrCrash(era: EraName, mutant: Mutant): Promise<Load> {
  try {
    return { system: await loadSystem(era, mutant) };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof ReferenceError)) throw error;
    const detail = `while loading: ${error.name}: ${error.message}`;
    return { crash: { invariant: 'crash', detail, kind: 'crash', isKnown: false } };
  }
}

function crashed({ units, baseline }: Task, mutant: Mutant, crash: Violation): TaskResult {
  const results = units.map((unit) => emptyResult(unit, { violations: [crash] }));
  const verdict = baseline === null ? null : verdictOf(mutant, results, baseline);
  return { units: results, coverage: [], verdict, story: null };
}

function tellStory(
  task: Task,
  loaded: Loaded,
  units: readonly Unit[],
  verdict: Verdict,
  draw: Draw,
): Story | null {
  const kill = storyOf(verdict.kills, task.story, units);
  if (kill === null) return null;
  const unit = units.find((u) => unitText(unitName(u)) === unitText(kill))!;
  const same = toldOf(
    verdict.kills.filter((other) => unitText(other) === unitText(kill)),
    kill.invariant,
  );
  const told = tellViolations(loaded, unit, same, INVARIANTS);
  if (told === null) return { kill, schedule: null, text: withoutSchedule(unit, same) };
  return { kill, schedule: told.schedule, text: draw(loaded, unit, told) };
}

function withoutSchedule({ scenario, mmio }: Unit, kills: readonly Kill[]): string {
  const why = kills.every(isBeforeThreads)
    ? 'It comes before any thread runs, so there is no schedule.'
    : scenario.kind === 'sequential'
      ? 'One thread shows it, so there is no schedule.'
      : 'The budget was spent before the shortest schedule was found.';
  const lines = kills.map((kill) => `  ${violationText(kill)}`);
  return `${scenario.id} under the ${mmio} mask breaks\n${lines.join('\n')}\n${why}\n`;
}
