// SPDX-License-Identifier: GPL-2.0-only
// What does a worker do with one mutant? It loads it once, runs all its units, compares them with
// the baseline, and finds the schedule that tells its story.

import type { Mutant } from '#mutation/mutant';
import type { EraName } from '#vocabulary';
import { BEFORE_THREADS } from './explored.ts';
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
import { wavesOf } from './waves.ts';

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
  readonly verdict: Verdict | null;
  readonly story: Story | null;
}

/** Draws what was told; lab knows no layout. */
export type Draw = (loaded: Loaded, unit: Unit, told: Told) => string;

export async function runTask(task: Task, draw: Draw): Promise<TaskResult> {
  const { era, mutant, baseline } = task;
  const units = task.units.map(unitOf);
  const load = await loadOrCrash(task);
  if ('crash' in load) return crashed(task, load.crash);
  const loaded = { era, mutant, system: load.system };
  const runAll = (some: readonly Unit[]) =>
    some.map((unit) => judgedBy(task, runUnit(loaded.system, unit, INVARIANTS)));
  if (mutant === null || baseline === null) {
    return { units: runAll(units), verdict: null, story: null };
  }
  let done: UnitResult[] = [];
  for (const wave of wavesOf(units, mutant.kind, task.isComplete)) {
    done = [...done, ...runAll(wave)];
    if (isSettled(task, verdictOf(mutant, done, baseline))) break;
  }
  // In the order of the units, whatever the waves were.
  const byUnit = new Map(done.map((result) => [unitText(result), result]));
  const results = units.flatMap((unit) => byUnit.get(unitText(unitName(unit))) ?? []);
  const verdict = verdictOf(mutant, results, baseline);
  return { units: results, verdict, story: tellStory(task, loaded, units, verdict, draw) };
}

/** Killed, and if it has a story to tell, of what that story is about. */
function isSettled({ story }: Task, { verdict, kills }: Verdict): boolean {
  if (verdict !== 'killed') return false;
  return story.every((name) => kills.some(({ invariant }) => invariant === name));
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
async function loadOrCrash({ era, mutant }: Task): Promise<Load> {
  try {
    return { system: await loadSystem(era, mutant) };
  } catch (error) {
    const isCrash =
      mutant !== null && (error instanceof TypeError || error instanceof ReferenceError);
    if (!isCrash) throw error;
    const detail = `while loading: ${error.name}: ${error.message}`;
    return { crash: { invariant: 'crash', detail, kind: 'crash', isKnown: false } };
  }
}

function crashed(task: Task, crash: Violation): TaskResult {
  const units = task.units.map((unit) => emptyResult(unit, { violations: [crash] }));
  const { mutant, baseline } = task;
  const verdict = mutant === null || baseline === null ? null : verdictOf(mutant, units, baseline);
  return { units, verdict, story: null };
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
  const why =
    scenario.kind === 'sequential' || kills.every(({ detail }) => detail.startsWith(BEFORE_THREADS))
      ? 'One thread shows it, so there is no schedule.'
      : 'The budget was spent before the shortest schedule was found.';
  const lines = kills.map((kill) => `  ${violationText(kill)}`);
  return `${scenario.id} under the ${mmio} mask breaks\n${lines.join('\n')}\n${why}\n`;
}
