// SPDX-License-Identifier: GPL-2.0-only
// What does a worker do with one mutant? It loads it once, runs the units that reach its edits,
// compares them with the baseline, and finds the schedule that tells its story. The baseline itself
// is measured on the way: what each unit enters of the port, and how much work it is.

import type { Edited } from '#mutation/edits';
import type { Mutant } from '#mutation/mutant';
import type { EraName, SystemUnderTest } from '#vocabulary';
import { type Coverage, probedPort, reachOf } from './coverage.ts';
import { type Echoes, echoesOf } from './echo.ts';
import { isBeforeThreads } from './explored.ts';
import { byUnit, type KnownEchoes } from './known-echoes.ts';
import { memoOf, type Ran } from './memo.ts';
import { patchedPort } from './patched.ts';
import { portOf } from './ports.ts';
import { Comparer } from './prove.ts';
import {
  comparedUnits,
  runAWhile,
  runBriefly,
  runEverywhere,
  runUntilSettled,
  type Trial,
  tryOf,
} from './settle.ts';
import { storyOf } from './story.ts';
import { INVARIANTS, LARGER_SCENARIOS, SCENARIOS, type Scenario } from './suites.ts';
import { type Loaded, type Told, tellViolations, toldOf } from './tell.ts';
import {
  emptyResult,
  runUnit,
  type Unit,
  type UnitOrder,
  type UnitResult,
  unitName,
  unitText,
  type Violation,
  violationText,
} from './unit.ts';
import { loadSystem } from './variants.ts';
import { type Kill, NOT_REACHED, type Verdict, verdictOf, withProof } from './verdict.ts';
import type { Witness } from './witness.ts';

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
  /**
   * Is a mutant that lives compared with the port? Not if the units are only some of all, where
   * many live that others kill.
   */
  readonly isCompared?: boolean;
  /** Claims that were written to show a regression. */
  readonly own?: readonly string[] | undefined;
  /** What earlier runs found out about the mutant. */
  readonly known?: readonly Ran[];
  /** For the port as it stands: does a unit reach this mutant? */
  readonly reaches?: Mutant;
  /** For the port as it stands, in one unit: which of these do there what the port does? */
  readonly suspects?: readonly Edited[];
  /** And are they observed? */
  readonly isObserved?: boolean;
  /** What is known of the mutant before it is run. */
  readonly echoes?: KnownEchoes;
  /** Not more than the first waves. */
  readonly isBrief?: boolean;
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
  /** What tells the mutant from the port, if it lived; null if nothing does. */
  readonly witness: Witness | null;
  /** What was run of a mutant that has a verdict. */
  readonly ran?: readonly Ran[];
  /** The answer to `reaches` of the task. */
  readonly isReached?: boolean;
  /** The answer to `suspects` of the task. */
  readonly echoes?: Echoes;
  /** The task was brief, and the mutant is not settled: there is nothing but `ran`. */
  readonly isOpen?: boolean;
}

/** Draws what was told; lab knows no layout. */
export type Draw = (loaded: Loaded, unit: Unit, told: Told) => string;

/** Makes the system that a mutant is run on. */
export type Loader = (era: EraName, mutant: Mutant) => Promise<SystemUnderTest>;

/**
 * `draw`: null if no story is wanted, which costs as much as several units. Without a loader a
 * mutant is put into a port that is loaded already, if it can be: its code is warm then.
 */
export async function runTask(
  task: Task,
  draw: Draw | null,
  loader: Loader | null = null,
): Promise<TaskResult> {
  try {
    return await runPatched(task, draw, loader);
  } catch (error) {
    const { mutant } = task;
    if (mutant === null || !(error instanceof Error)) throw error;
    const text = `${mutant.id}: ${error.message}`;
    const frames = error.stack?.split('\n').slice(1) ?? [];
    const { name } = error;
    throw Object.assign(new Error(text), { name, stack: [text, ...frames].join('\n') });
  }
}

async function runPatched(
  task: Task,
  draw: Draw | null,
  loader: Loader | null,
): Promise<TaskResult> {
  const { era, mutant } = task;
  const patched = mutant === null || loader !== null ? null : await patchedPort(era, false);
  if (patched === null || mutant === null || !patched.takes(mutant)) {
    return runLoaded(task, draw, loader ?? loadSystem);
  }
  patched.enter(mutant);
  try {
    return await runLoaded(task, draw, async () => patched.system);
  } finally {
    patched.leave();
  }
}

async function runLoaded(task: Task, draw: Draw | null, loader: Loader): Promise<TaskResult> {
  const { era, mutant, baseline } = task;
  const units = task.units.map(unitOf);
  if (task.suspects !== undefined) {
    const unit = { ...units[0]!, isObserved: task.isObserved === true };
    const echoes = await echoesOf(era, unit, task.suspects);
    return { ...NOTHING, units: [], echoes };
  }
  if (mutant === null) return runPort(task, units);
  const load = await loadOrCrash(era, mutant, loader);
  if ('crash' in load) return crashed(task, mutant, load.crash);
  const loaded = { era, mutant, system: load.system };
  const memo = memoOf(task.known ?? [], (unit) => runUnit(loaded.system, unit, INVARIANTS));
  const real = (unit: Unit) => judgedBy(task, memo.run(unit));
  if (baseline === null) {
    return { ...NOTHING, units: units.map(real) };
  }
  const { isEcho, sightOf, larger } = byUnit(era, task.echoes, unitOf);
  const run = (unit: Unit) => (isEcho(unit) ? baselineIn(task, unit) : real(unit));
  const comparer = await Comparer.of(mutant, loaded.system, draw, sightOf, larger);
  const isWanted = task.isCompared === true;
  const trial = {
    mutant,
    units,
    baseline,
    coverage: task.coverage,
    story: task.story,
    own: task.own,
    run,
  };
  // Who lives is seen as the port is seen, which is dearer: not before it has lived for a while.
  const seen = (unit: Unit) => judgedBy(task, (sightOf(unit) ?? comparer.see(unit)).result);
  const late = (unit: Unit, isCompared: boolean) =>
    isCompared && isWanted ? seen(unit) : run(unit);
  const whole = () => runAWhile(trial) ?? runUntilSettled({ ...trial, run: late });
  const results = task.isComplete
    ? runEverywhere({ ...trial, run: real })
    : task.isBrief === true
      ? runBriefly(trial)
      : whole();
  if (results === null) return { ...NOTHING, units: [], isOpen: true, ran: memo.ran };
  const plainVerdict = verdictOf(mutant, results, baseline);
  const { verdict: word, reason } = plainVerdict;
  const isOpen = isWanted && word === 'survived' && reason !== NOT_REACHED;
  const proof = isOpen ? comparer.proofOf(await comparer.compare(comparedUnits(trial))) : null;
  const verdict = withProof(plainVerdict, proof);
  // Of a pair that dies there is nothing to tell: both have their tables.
  const isTold = draw !== null && mutant.kind !== 'pair';
  const story = isTold ? tellStory(task.story, loaded, trial, verdict, draw) : null;
  const witness = proof?.witness ?? null;
  return { ...NOTHING, units: results, verdict, story, witness, ran: memo.ran };
}

function baselineIn({ baseline }: Task, unit: Unit): UnitResult {
  const text = unitText(unitName(unit));
  return baseline!.find((result) => unitText(result) === text)!;
}

/** A result without anything in it. */
const NOTHING = { coverage: [], verdict: null, story: null, witness: null } as const;

/** The port as it stands. */
async function runPort(task: Task, units: readonly Unit[]): Promise<TaskResult> {
  const [results, coverage]: [UnitResult[], Coverage[]] = [[], []];
  const port = await probedPort(task.era);
  for (const unit of units) {
    const run = port.measure((system) => runUnit(system, unit, INVARIANTS));
    results.push(judgedBy(task, run.result));
    coverage.push(run.coverage);
  }
  const isReached =
    task.reaches !== undefined && coverage.some(reachOf(portOf(task.era), task.reaches));
  return { ...NOTHING, units: results, coverage, isReached };
}

/** The unit of a name. Throws if the suites have no such scenario. */
export function unitOf({ scenario: id, ...order }: UnitOrder): Unit {
  const isNamed = (known: Scenario) => known.id === id;
  const scenario = SCENARIOS.find(isNamed) ?? LARGER_SCENARIOS.find(isNamed);
  if (scenario === undefined) throw new Error(`there is no scenario ${id}`);
  return { scenario, ...order };
}

function judgedBy({ invariants }: Task, result: UnitResult): UnitResult {
  if (invariants.length === 0) return result;
  const violations = result.violations.filter(({ invariant }) => invariants.includes(invariant));
  return { ...result, violations };
}

type Load = { readonly system: Loaded['system'] } | { readonly crash: Violation };

/** Mutated code may fail while its modules are loaded. A mutant that is not placed is our error. */
async function loadOrCrash(era: EraName, mutant: Mutant, loader: Loader): Promise<Load> {
  try {
    return { system: await loader(era, mutant) };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof ReferenceError)) throw error;
    const detail = `while loading: ${error.name}: ${error.message}`;
    return { crash: { invariant: 'crash', detail, kind: 'crash', isKnown: false } };
  }
}

function crashed({ units, baseline }: Task, mutant: Mutant, crash: Violation): TaskResult {
  const results = units.map((unit) => emptyResult(unit, { violations: [crash] }));
  const verdict = baseline === null ? null : verdictOf(mutant, results, baseline);
  return { ...NOTHING, units: results, verdict };
}

/** The kill that is told; null if there is none. `named`: invariants whose story is preferred. */
export function tellStory(
  named: readonly string[],
  loaded: Loaded,
  { units, baseline }: Pick<Trial, 'units' | 'baseline'>,
  verdict: Verdict,
  draw: Draw,
): Story | null {
  const kill = storyOf(verdict.kills, named, units);
  if (kill === null) return null;
  const at = units.findIndex((u) => unitText(unitName(u)) === unitText(kill));
  const unit = units[at]!;
  const same = toldOf(
    verdict.kills.filter((other) => unitText(other) === unitText(kill)),
    kill.invariant,
  );
  // Whom a lock no longer keeps out may have so many values to see that to list them takes minutes.
  const told =
    tellViolations(loaded, tryOf(unit, baseline[at]!), same, INVARIANTS) ??
    tellViolations(loaded, unit, same, INVARIANTS);
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
