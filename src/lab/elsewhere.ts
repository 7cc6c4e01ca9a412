// SPDX-License-Identifier: GPL-2.0-only
// Would the suites have found an upstream bug that nobody knew? A regression that only scenarios
// notice which were written to show it says nothing about the next one. So the kills of the others
// are counted.

import type { Regression } from '#mutation/mutant';
import type { MutantRun } from './run.ts';
import { claimOf } from './suites.ts';

export interface Elsewhere {
  /** How many regressions were run. */
  readonly of: number;
  /** Names of those that, in each era that was run, a scenario of somebody else kills too. */
  readonly elsewhere: readonly string[];
  /** Names of the others. */
  readonly ownOnly: readonly string[];
}

/** Crashes do not count: they take no scenario that looks for anything. */
export function killedElsewhere(
  runs: readonly MutantRun[],
  regressions: readonly Regression[],
): Elsewhere {
  const found = regressions.flatMap(({ name, ownScenarios }) => {
    const own = runs.filter(({ mutant }) => mutant.kind === 'regression' && mutant.name === name);
    if (own.length === 0) return [];
    const isElsewhere = own.every(({ verdict }) =>
      verdict.kills.some(
        ({ kind, scenario }) => kind === 'rule' && !ownScenarios.includes(claimOf(scenario)),
      ),
    );
    return [{ name, isElsewhere }];
  });
  const named = (isElsewhere: boolean) =>
    found.filter((one) => one.isElsewhere === isElsewhere).map(({ name }) => name);
  return { of: found.length, elsewhere: named(true), ownOnly: named(false) };
}

/** A sentence if fewer than half of the regressions are found by others; else none. */
export function tooFewElsewhere({ of, elsewhere }: Elsewhere): string[] {
  if (elsewhere.length * 2 >= of) return [];
  const found = `${elsewhere.length} of ${of} regressions`;
  return [`only ${found} are killed by a scenario that was not written for them`];
}
