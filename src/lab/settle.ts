// SPDX-License-Identifier: GPL-2.0-only
// How long is a mutant run? Wave by wave, until it is dead of what it must die of, or has been run
// in every unit that reaches it. The units in which it may be compared with the port come first. A
// regression goes on until something that was not written for it kills it too.

import { NODES_MAX } from '#explorer/closure';
import type { Mutant } from '#mutation/mutant';
import { type Coverage, reachOf } from './coverage.ts';
import { portOf } from './ports.ts';
import { claimOf, type InterleavingScenario } from './suites.ts';
import { type Mmio, notReached, type Unit, type UnitResult, unitText } from './unit.ts';
import { isDetected, killsOf, verdictOf } from './verdict.ts';
import { type CostedUnit, costed, nodesToTry, statesToTry, wavesOf } from './waves.ts';

/** A mutant, where it may be run, and what the port does there; all lists in one order. */
export interface Trial {
  readonly mutant: Mutant;
  readonly units: readonly Unit[];
  readonly baseline: readonly UnitResult[];
  readonly coverage: readonly Coverage[];
  /** Invariants that it must break, all of them, to be done with. */
  readonly story: readonly string[];
  /** Claims that were written to show it: whether others show it as well is looked for too. */
  readonly own?: readonly string[] | undefined;
  /** Runs the mutant in a unit. `isCompared`: what is seen there is to be kept for a comparison. */
  readonly run: (unit: Unit, isCompared: boolean) => UnitResult;
}

/** Results in the order of the units, whatever the waves are. A unit that was spared has none. */
export function runUntilSettled(trial: Trial): UnitResult[] {
  return runFor(trial, Number.POSITIVE_INFINITY)!;
}

/** The same results, if the first waves settle the mutant; else null. */
export function runBriefly(trial: Trial): UnitResult[] | null {
  return runFor(trial, BRIEF);
}

/** The same, with more patience. */
export function runAWhile(trial: Trial): UnitResult[] | null {
  return runFor(trial, A_WHILE);
}

/** Null if the mutant is not settled by units that cost about `most`, in microseconds. */
function runFor(trial: Trial, most: number): UnitResult[] | null {
  const { mutant, units } = trial;
  const { results, reached } = sorted(trial);
  const affordable = wavesOf(reached, mutant.kind).flat();
  const chosen = { affordable, compared: comparedOf(affordable, units) };
  if (!runChosen(trial, chosen, results, most) && reached.length > 0) return null;
  return units.flatMap((_, index) => results.get(index) ?? []);
}

/** The units that a mutant may be run in, and those of them in which it may be compared. */
export interface Chosen {
  readonly affordable: readonly CostedUnit[];
  readonly compared: readonly CostedUnit[];
}

/**
 * Runs a mutant in these units until it is settled; what they said is added to `results`, by their
 * numbers. False if it is not settled by units that cost about `most`, in microseconds.
 */
export function runChosen(
  trial: Omit<Trial, 'coverage'>,
  { affordable, compared }: Chosen,
  results: Map<number, UnitResult>,
  most = Number.POSITIVE_INFINITY,
): boolean {
  /** Units that had more states than they were tried with. */
  const open = new Set<number>();
  runWaves(trial, compared, true, results, open, most);
  if (most < Number.POSITIVE_INFINITY && !isSettled(trial, results)) return false;
  const among = (all: readonly CostedUnit[]) => all.filter((unit) => !results.has(unit.index));
  // What no small unit shows, a large one may: a reuse of numbers, or the other mask.
  if (!isSettled(trial, results)) runWaves(trial, among(affordable), false, results, open);
  runOpen(trial, results, open);
  if (trial.own !== undefined && isSettled(trial, results)) {
    runElsewhere(trial, trial.own, among(affordable), results);
  }
  return true;
}

/** What is spent on claims that were not written for a mutant that is dead already. */
const ELSEWHERE = 600_000;

/** Runs units of other claims, until one of all kills too. What they do not show is not told. */
function runElsewhere(
  trial: Omit<Trial, 'coverage'>,
  own: readonly string[],
  among: readonly CostedUnit[],
  results: Map<number, UnitResult>,
): void {
  const { mutant, units, baseline, run } = trial;
  const isElsewhere = (index: number) => !own.includes(claimOf(units[index]!.scenario.id));
  const isFound = (index: number) =>
    isElsewhere(index) &&
    killsOf(results.get(index)!, baseline[index]!).some(({ kind }) => kind === 'rule');
  if ([...results.keys()].some(isFound)) return;
  let spent = 0;
  const others = among.filter(({ index }) => isElsewhere(index));
  for (const { index, cost } of wavesOf(others, mutant.kind).flat()) {
    spent += cost;
    if (spent > ELSEWHERE) return;
    results.set(index, run(tryOf(units[index]!, baseline[index]!), false));
    if (isFound(index)) return;
    if (!results.get(index)!.isComplete) results.delete(index);
  }
}

/** What a brief trial may cost before its last wave: to be asked costs less than to go on. */
const BRIEF = 100_000;
/** Who dies has mostly died when so much is spent. */
const A_WHILE = 400_000;

/** Runs waves of units until the mutant is settled. */
function runWaves(
  trial: Omit<Trial, 'coverage'>,
  among: readonly CostedUnit[],
  isCompared: boolean,
  results: Map<number, UnitResult>,
  open: Set<number>,
  most = Number.POSITIVE_INFINITY,
): void {
  const { mutant, units, baseline, run } = trial;
  let spent = 0;
  for (const wave of wavesOf(among, mutant.kind)) {
    if (spent > most) return;
    for (const { index, cost } of wave) {
      spent += cost;
      const unit = tryOf(units[index]!, baseline[index]!);
      const result = run(unit, isCompared);
      results.set(index, result);
      if (!result.isComplete && unit !== units[index]) open.add(index);
    }
    if (isSettled(trial, results)) return;
  }
}

/**
 * Units that were tried with few states. A kill is a kill, however little was looked at; that there
 * is none is known at the end only.
 */
function runOpen(
  trial: Omit<Trial, 'coverage'>,
  results: Map<number, UnitResult>,
  open: ReadonlySet<number>,
): void {
  const { units, baseline, run } = trial;
  for (const index of open) {
    if (!isSettled(trial, results)) results.set(index, run(units[index]!, false));
    else if (killsOf(results.get(index)!, baseline[index]!).length === 0) results.delete(index);
  }
}

/** The units that reach the mutant and in which it is compared with the port. */
export function comparedUnits(trial: Pick<Trial, 'mutant' | 'units' | 'baseline' | 'coverage'>) {
  const { mutant, units } = trial;
  const affordable = wavesOf(sorted(trial).reached, mutant.kind).flat();
  return comparedOf(affordable, units).map(({ index }) => units[index]!);
}

/** A unit is small if its vCPUs, updates and exits are so many together. */
const SMALL = 4;
/** A cost that is spent on any unit. */
const CHEAP = 18_000;
/** How many units are compared if none of those that reach the mutant is small. */
const FEW = 4;

/** Sequences, small units and cheap ones. */
function isSmall({ scenario }: Unit, cost: number): boolean {
  if (scenario.kind === 'sequential' || cost <= CHEAP) return true;
  return scenario.vcpus + scenario.updates.length + scenario.exits.length <= SMALL;
}

/** Scenarios that are run under both masks are compared under one. */
function isInTurn({ scenario, mmio }: Unit): boolean {
  if (scenario.kind === 'sequential' || scenario.host.mmio.length === 1) return true;
  return mmio === turnOf(scenario);
}

/** Is a mutant that reaches the unit compared with the port there, if any are small? */
export function mayBeCompared(unit: Unit, result: UnitResult, coverage: Coverage): boolean {
  return isInTurn(unit) && isSmall(unit, costed(0, unit, result, coverage).cost);
}

/**
 * The small units; if there are none, the cheapest of all. Scenarios that are run under both masks
 * take turns in the comparison, which is dear: those of one claim are much alike.
 */
function comparedOf(reached: readonly CostedUnit[], units: readonly Unit[]): CostedUnit[] {
  const small = reached.filter(({ index, cost }) => {
    const unit = units[index]!;
    return isInTurn(unit) && isSmall(unit, cost);
  });
  if (small.length > 0) return small;
  return [...reached].sort((a, b) => a.cost - b.cost || a.index - b.index).slice(0, FEW);
}

/** Two sizes of a claim have different masks, and so have claims, more or less. */
function turnOf({ id, vcpus }: InterleavingScenario): Mmio {
  const claim = id.replace(/\..*$/, '');
  return (claim.length + vcpus) % 2 === 0 ? 'ept' : 'shadow';
}

/**
 * Results of all units. Those that cannot reach the mutant are run as well: throws if one does not
 * do there what the port does.
 */
export function runEverywhere(trial: Trial): UnitResult[] {
  const { mutant, units, baseline, run } = trial;
  const { results } = sorted(trial);
  return units.map((unit, index) => {
    const result = run(unit, false);
    const skipped = results.get(index);
    if (skipped === undefined) return result;
    if (JSON.stringify(result) !== JSON.stringify(baseline[index])) {
      throw new Error(`${mutant.id} differs in ${unitText(result)}, which does not reach its code`);
    }
    return skipped;
  });
}

/** The units that reach the mutant, and the results of those that do not. */
function sorted({
  mutant,
  units,
  baseline,
  coverage,
}: Pick<Trial, 'mutant' | 'units' | 'baseline' | 'coverage'>): {
  readonly results: Map<number, UnitResult>;
  readonly reached: readonly CostedUnit[];
} {
  const isReached = reachOf(portOf(mutant.era), mutant);
  const results = new Map<number, UnitResult>();
  const reached: CostedUnit[] = [];
  units.forEach((unit, index) => {
    const [before, entered] = [baseline[index]!, coverage[index]!];
    if (isReached(entered)) reached.push(costed(index, unit, before, entered));
    else results.set(index, notReached(before));
  });
  return { results, reached };
}

/** The unit with few states and few nodes, if it has many to spend. */
export function tryOf(unit: Unit, { counts }: UnitResult): Unit {
  const { scenario } = unit;
  if (scenario.kind === 'sequential') return unit;
  const states = statesToTry(counts.states);
  const nodes = nodesToTry(counts.nodes);
  const hasMany = states < (unit.budgetStates ?? scenario.budgetStates);
  const fewStates = hasMany ? { budgetStates: states } : {};
  const fewNodes = nodes < (unit.closureNodes ?? NODES_MAX) ? { closureNodes: nodes } : {};
  return { ...unit, ...fewStates, ...fewNodes };
}

/** Killed, and if it has a story to tell, of what that story is about. */
function isSettled(
  { mutant, baseline, story }: Omit<Trial, 'coverage'>,
  results: ReadonlyMap<number, UnitResult>,
): boolean {
  if (results.size === 0) return false;
  const { verdict, kills } = verdictOf(mutant, [...results.values()], baseline);
  if (!isDetected(verdict)) return false;
  return story.every((name) => kills.some(({ invariant }) => invariant === name));
}
