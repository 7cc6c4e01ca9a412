// SPDX-License-Identifier: GPL-2.0-only
// Is what is called equal equal, and different different? Twenty edits of either kind, whose answer
// is known from the code, are compared with the port in a few small units and in larger ones.

import { expect, test } from 'vitest';
import { replay } from '#explorer/replay';
import { parseSchedule } from '#explorer/schedule';
import { parseBounds } from '#lab/bounds';
import { probedPort, reachOf } from '#lab/coverage';
import { freshProgram } from '#lab/fresh-program';
import { portOf } from '#lab/ports';
import { Comparer, type Proof } from '#lab/prove';
import { allMutants } from '#lab/registry';
import { INVARIANTS, LARGER_SCENARIOS, SCENARIOS } from '#lab/suites';
import { runUnit, type Unit } from '#lab/unit';
import { unitsOf } from '#lab/units';
import { loadSystem } from '#lab/variants';
import { mutantsOfPort } from '#mutation/make';
import type { Control, Mutant } from '#mutation/mutant';
import { DIFFERENT, DIFFERENT_BY_OPERATOR } from './different.ts';
import { EQUAL } from './equal.ts';

const ERA = 'v3.17';
const UNITS = [
  'memory-order/a-slot-is-published-whole.1v1u1f ept pso-release',
  'memslots/a-deleted-slot-is-gone.1v1u2f ept sc',
  'mmio-cache/a-created-slot-is-seen.1v1u2f ept sc',
  'mmio-cache/a-created-slot-is-seen.1v1u2f shadow sc',
  'mmio-cache/a-created-slot-is-seen.2v1u1f ept sc',
  'mmio-cache/a-created-slot-is-seen.2v1u1f shadow sc',
];

const units = unitsOf(ERA, { scenarios: SCENARIOS, memoryModel: null, budgetStates: null })
  .filter((u) => UNITS.includes(`${u.scenario.id} ${u.mmio} ${u.memoryModel}`))
  // What is not decided then is not called equal.
  .map((unit): Unit => ({ ...unit, budgetStates: 60_000 }));
const port = portOf(ERA);
const probed = await probedPort(ERA);
const reaches: { unit: Unit; reaches: (mutant: Mutant) => boolean }[] = [];
for (const unit of units) {
  const { coverage } = probed.measure((system) => runUnit(system, unit, INVARIANTS));
  reaches.push({ unit, reaches: (mutant) => reachOf(port, mutant)(coverage) });
}

const NEVER_HIT: Control = {
  name: 'never-hit',
  eras: [ERA],
  harmless: '',
  edits: [
    { function: 'vcpu_match_mmio_gpa', anchor: 'vcpu.arch.mmio_gfn !== 0n', replacement: 'false' },
  ],
};

const all = await allMutants([ERA]);
const byHand = mutantsOfPort(port, {
  operators: [],
  regressions: [],
  controls: [...EQUAL, ...DIFFERENT, NEVER_HIT],
});
/** Not one that mends what the era breaks: it is better than the port, not equal to it. */
const MENDED = 'old-entry-dropped-at-sync';
const controls = all.filter(({ kind, name }) => kind === 'control' && name !== MENDED);
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
  if (witness?.schedule != null) await expectToReplay(mutant, witness.schedule);
});

test('a cache that is never hit is an optimisation lost; the port shows a hit', async () => {
  const [never] = named([NEVER_HIT]);
  const { verdict, reason, witness } = await proofOf(never!);
  expect({ verdict, reason }).toEqual({
    verdict: 'lost-optimisation',
    reason: 'the cache of the vCPU is never hit',
  });
  expect(witness).toMatchObject({ whose: 'port' });
  expect(witness!.outcome).toMatch(/did .*mmio-vcpu/);
});

/** A printed schedule is one of the scenario as it stands, where nothing is written down. */
async function expectToReplay(mutant: Mutant, text: string): Promise<void> {
  const { subject, scenario: id, turns, memoryModel, bounds } = parseSchedule(text);
  const system = await loadSystem(ERA, subject === ERA ? null : mutant);
  const scenario = [...SCENARIOS, ...LARGER_SCENARIOS].find((one) => one.id === id)!;
  if (scenario.kind !== 'interleaving') throw new Error(`${id} has one thread`);
  const { mmio } = parseBounds(bounds);
  const program = freshProgram(system, scenario, { mmio, memoryModel });
  const { rows } = replay(program, turns, memoryModel);
  expect(rows.length).toBeGreaterThan(0);
}
