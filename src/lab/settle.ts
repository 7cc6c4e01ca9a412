// SPDX-License-Identifier: GPL-2.0-only
// How long is a mutant run? Wave by wave, until it is dead of what it must die of, or has been run
// in every unit that reaches it.

import type { Mutant } from '#mutation/mutant';
import { type Coverage, reachOf } from './coverage.ts';
import { portOf } from './ports.ts';
import { notReached, type Unit, type UnitResult, unitText } from './unit.ts';
import { killsOf, verdictOf } from './verdict.ts';
import { type CostedUnit, costed, statesToTry, wavesOf } from './waves.ts';

/** A mutant, where it may be run, and what the port does there; all lists in one order. */
export interface Trial {
  readonly mutant: Mutant;
  readonly units: readonly Unit[];
  readonly baseline: readonly UnitResult[];
  readonly coverage: readonly Coverage[];
  /** Invariants that it must break, all of them, to be done with. */
  readonly story: readonly string[];
  /** Runs the mutant in a unit. */
  readonly run: (unit: Unit) => UnitResult;
}

/** Results in the order of the units, whatever the waves are. A unit that was spared has none. */
export function runUntilSettled(trial: Trial): UnitResult[] {
  const { mutant, units, baseline, run } = trial;
  const { results, reached } = sorted(trial);
  /** Units that had more states than they were tried with. */
  const open = new Set<number>();
  for (const wave of wavesOf(reached, mutant.kind)) {
    for (const { index } of wave) {
      const unit = tryOf(units[index]!, baseline[index]!);
      const result = run(unit);
      results.set(index, result);
      if (!result.isComplete && unit !== units[index]) open.add(index);
    }
    if (isSettled(trial, results)) break;
  }
  for (const index of open) {
    // A kill is a kill, however little was looked at; that there is none is known at the end only.
    if (!isSettled(trial, results)) results.set(index, run(units[index]!));
    else if (killsOf(results.get(index)!, baseline[index]!).length === 0) results.delete(index);
  }
  return units.flatMap((_, index) => results.get(index) ?? []);
}

/**
 * Results of all units. Those that cannot reach the mutant are run as well: throws if one does not
 * do there what the port does.
 */
export function runEverywhere(trial: Trial): UnitResult[] {
  const { mutant, units, baseline, run } = trial;
  const { results } = sorted(trial);
  return units.map((unit, index) => {
    const result = run(unit);
    const skipped = results.get(index);
    if (skipped === undefined) return result;
    if (JSON.stringify(result) !== JSON.stringify(baseline[index])) {
      throw new Error(`${mutant.id} differs in ${unitText(result)}, which does not reach its code`);
    }
    return skipped;
  });
}

/** The units that reach the mutant, and the results of those that do not. */
function sorted({ mutant, units, baseline, coverage }: Trial): {
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

/** The unit with few states, if it has many to spend. */
function tryOf(unit: Unit, { counts }: UnitResult): Unit {
  if (unit.scenario.kind === 'sequential') return unit;
  const budgetStates = statesToTry(counts.states);
  return budgetStates < (unit.budgetStates ?? unit.scenario.budgetStates)
    ? { ...unit, budgetStates }
    : unit;
}

/** Killed, and if it has a story to tell, of what that story is about. */
function isSettled(
  { mutant, baseline, story }: Trial,
  results: ReadonlyMap<number, UnitResult>,
): boolean {
  if (results.size === 0) return false;
  const { verdict, kills } = verdictOf(mutant, [...results.values()], baseline);
  if (verdict !== 'killed') return false;
  return story.every((name) => kills.some(({ invariant }) => invariant === name));
}
