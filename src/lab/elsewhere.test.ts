// SPDX-License-Identifier: GPL-2.0-only

import { expect, test } from 'vitest';
import type { Regression } from '#mutation/mutant';
import { killedElsewhere, tooFewElsewhere } from './elsewhere.ts';
import { loadMakers } from './registry.ts';
import type { MutantRun } from './run.ts';
import { claimOf, SCENARIOS } from './suites.ts';
import type { Kill } from './verdict.ts';

const regression = (name: string, ownScenarios: readonly string[]) =>
  ({ name, ownScenarios }) as Regression;

/** A regression in one era, and the scenarios that kill it there. */
function ran(name: string, scenarios: readonly string[], kind: Kill['kind'] = 'rule'): MutantRun {
  const kills = scenarios.map((scenario) => ({ scenario, kind }));
  return { mutant: { kind: 'regression', name }, verdict: { kills } } as unknown as MutantRun;
}

const OWN = [regression('torn', ['area/whole'])];

test.each([
  ['another claim', [ran('torn', ['area/whole.1v1u1f', 'area/order.1v1u1f'])], true],
  ['another size of its own claim', [ran('torn', ['area/whole', 'area/whole.2v1u1f'])], false],
  ['a crash elsewhere', [ran('torn', ['area/order'], 'crash')], false],
  [
    'another claim in one era of two',
    [ran('torn', ['area/a']), ran('torn', ['area/whole'])],
    false,
  ],
  ['another claim in both eras', [ran('torn', ['area/a']), ran('torn', ['area/b'])], true],
])('%s', (_what, runs, isElsewhere) => {
  const names = ['torn'];
  expect(killedElsewhere(runs, OWN)).toEqual({
    of: 1,
    elsewhere: isElsewhere ? names : [],
    ownOnly: isElsewhere ? [] : names,
  });
});

test('a regression that was not run is not counted', () => {
  expect(killedElsewhere([], OWN).of).toBe(0);
});

test('half of them is enough, less is not', () => {
  const names = (count: number) => Array.from({ length: count }, String);
  const found = (elsewhere: number) =>
    tooFewElsewhere({ of: 5, elsewhere: names(elsewhere), ownOnly: names(5 - elsewhere) });
  expect(found(3)).toEqual([]);
  expect(found(2)).toEqual([
    'only 2 of 5 regressions are killed by a scenario that was not written for them',
  ]);
});

test('what a regression names as written for it is a claim that is made', async () => {
  const claims = new Set(SCENARIOS.map(({ id }) => claimOf(id)));
  const { regressions } = await loadMakers();
  const named = regressions.flatMap(({ ownScenarios }) => ownScenarios);
  expect(named.filter((claim) => !claims.has(claim))).toEqual([]);
  expect(named.length).toBeGreaterThan(0);
});
