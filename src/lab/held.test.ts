// SPDX-License-Identifier: GPL-2.0-only
// Does the matrix say of an era what its scenarios show?

import { expect, test } from 'vitest';
import { heldBy } from './held.ts';
import { INVARIANTS, type Invariant, SCENARIOS } from './suites.ts';
import { unitsOf } from './units.ts';
import { loadSystem } from './variants.ts';

const SMALL = 'mmio-cache/a-created-slot-is-seen.1v1u1f';
const scenarios = SCENARIOS.filter(({ id }) => id === SMALL);

async function held(era: 'v3.16' | 'v3.17', budgetStates: number | null = null) {
  const loaded = { era, mutant: null, system: await loadSystem(era, null) };
  const units = unitsOf(era, { scenarios, memoryModel: null, budgetStates });
  const found = await heldBy(loaded, units, INVARIANTS, () => undefined);
  return (name: string) => found.find(({ invariant }) => invariant === name)!;
}

test('v3.16 breaks stale-after-update, and the matrix has the schedule', async () => {
  const cell = (await held('v3.16'))('stale-after-update');
  expect(cell).toMatchObject({ state: 'breaks', units: 2, counterexample: { scenario: SMALL } });
  expect(cell.counterexample?.schedule).toMatch(/^v3\.16@mmio-cache/);
});

test('v3.17 holds it in the same units, and what is not there is no rule of the era', async () => {
  const of = await held('v3.17');
  expect(of('stale-after-update')).toMatchObject({ state: 'holds', units: 0 });
  expect(of('sets-agree-at-rest').state).toBe('not about it');
});

test('a budget that runs out, and units that are not run, leave the answer unknown', async () => {
  expect((await held('v3.17', 3))('stale-after-update').state).toBe('unknown');
  const loaded = { era: 'v3.17' as const, mutant: null, system: await loadSystem('v3.17', null) };
  const units = unitsOf('v3.17', { scenarios, memoryModel: null, budgetStates: null });
  const [none, over] = [
    await heldBy(loaded, [], INVARIANTS, () => undefined),
    await heldBy(
      loaded,
      units,
      INVARIANTS,
      () => undefined,
      () => true,
    ),
  ];
  const states = (cells: typeof none) => new Set(cells.map(({ state }) => state));
  expect([states(none), states(over)]).toEqual([
    new Set(['unknown', 'not about it']),
    new Set(['unknown', 'not about it']),
  ]);
});

test('every invariant has a number of its own', () => {
  const numbers = INVARIANTS.map(({ number }: Invariant) => number);
  expect(new Set(numbers).size).toBe(numbers.length);
});
