// SPDX-License-Identifier: GPL-2.0-only
// Is what is called equal equal, and different different? Twenty edits of either kind, whose answer
// is known from the code, are compared with the port in a few small units and in larger ones.

import { expect, test } from 'vitest';
import { covered, reachOf } from '#lab/coverage';
import { portOf } from '#lab/ports';
import { Comparer, type Proof } from '#lab/prove';
import { allMutants } from '#lab/registry';
import { INVARIANTS, SCENARIOS } from '#lab/suites';
import { runUnit, type Unit } from '#lab/unit';
import { unitsOf } from '#lab/units';
import { loadSystem } from '#lab/variants';
import { mutantsOfPort } from '#mutation/make';
import type { Mutant } from '#mutation/mutant';
import { DIFFERENT, DIFFERENT_BY_OPERATOR } from './different.ts';
import { EQUAL } from './equal.ts';

const ERA = 'v3.17';
const UNITS = [
  'ioctl/any-list-of-calls-does-what-it-says ept sc',
  'memory-order/a-slot-is-published-whole.1v1u1f ept pso-release',
  'memslots/a-deleted-slot-is-gone.1v1u2f ept sc',
  'mmio-cache/a-created-slot-is-seen.1v1u2f ept sc',
  'mmio-cache/a-created-slot-is-seen.1v1u2f shadow sc',
  'mmio-cache/a-created-slot-is-seen.2v1u1f ept sc',
  'mmio-cache/a-created-slot-is-seen.2v1u1f shadow sc',
];

const units = unitsOf(ERA, { scenarios: SCENARIOS, memoryModel: null, budgetStates: null })
  .filter((u) => UNITS.includes(`${u.scenario.id} ${u.mmio} ${u.memoryModel}`))
  // The mutants have no claim to more: what is not decided then is not equal.
  .map((unit): Unit => ({ ...unit, budgetStates: 100_000 }));
const port = portOf(ERA);
const reaches: { unit: Unit; reaches: (mutant: Mutant) => boolean }[] = [];
for (const unit of units) {
  const { coverage } = await covered(port, (system) => runUnit(system, unit, INVARIANTS));
  reaches.push({ unit, reaches: (mutant) => reachOf(port, mutant)(coverage) });
}

const all = await allMutants([ERA]);
const byHand = mutantsOfPort(port, {
  operators: [],
  regressions: [],
  controls: [...EQUAL, ...DIFFERENT],
});
const controls = all.filter(({ kind }) => kind === 'control');
const equal = [...controls, ...named(EQUAL)];
const different = [
  ...[...DIFFERENT_BY_OPERATOR.keys()].map((end) => all.find(({ id }) => id.endsWith(end))!),
  ...named(DIFFERENT),
];

function named(some: readonly { readonly name: string }[]): Mutant[] {
  return some.map(({ name }) => byHand.find((mutant) => mutant.name === name)!);
}

async function proofOf(mutant: Mutant): Promise<Proof> {
  const system = await loadSystem(ERA, mutant);
  const comparer = await Comparer.of(mutant, system, (_loaded, _unit, told) => `${told.ends}`);
  const reached = reaches.filter((one) => one.reaches(mutant)).map(({ unit }) => unit);
  return comparer.proofOf(await comparer.compare(reached));
}

test('there are twenty of either kind', () => {
  expect(equal.length).toBeGreaterThanOrEqual(20);
  expect(different.length).toBeGreaterThanOrEqual(20);
});

test.each(equal)('$name is equal: $description', async (mutant) => {
  const { verdict, reason } = await proofOf(mutant);
  expect({ verdict, reason }).toEqual({ verdict: 'equivalent', reason: expect.anything() });
});

test.each(different)('$id is different, and there is a witness', async (mutant) => {
  const { verdict, witness } = await proofOf(mutant);
  expect(['survived', 'lost-optimisation']).toContain(verdict);
  expect(witness).not.toBeNull();
});
