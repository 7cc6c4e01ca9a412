// SPDX-License-Identifier: GPL-2.0-only
// Is it true that a mutant whose functions do what they did, call by call, goes through a sequence
// as the port does?

import { expect, test } from 'vitest';
import type { Mutant } from '#mutation/mutant';
import type { EraName } from '#vocabulary';
import { CallTape } from './call-tape.ts';
import { patchedPort } from './patched.ts';
import { portOf } from './ports.ts';
import { allMutants } from './registry.ts';
import { INVARIANTS, SCENARIOS } from './suites.ts';
import { lookAt, type Unit, unitName, unitText } from './unit.ts';
import { unitsOf } from './units.ts';
import { loadSystem } from './variants.ts';

function unitsIn(era: EraName, ids: readonly string[]): Unit[] {
  const scenarios = SCENARIOS.filter(({ id }) => ids.includes(id));
  return unitsOf(era, { scenarios, memoryModel: null, budgetStates: null });
}

/** Calls of userspace, faults, entries alone, VMs of many hosts, guests' page tables, copies. */
const SEQUENCES = [
  'creation/a-vm-is-made-or-refused',
  'generation/every-install-makes-it-larger',
  'ioctl/bad-arguments-are-refused',
  'mapping/any-copy-is-what-the-slots-say',
  'mmio-cache/an-old-entry-is-looked-up-again.npt',
  'spte/a-sync-follows-the-guest',
  'spte/the-mark-is-that-of-the-host',
];

/** Of a mutant or the port, all that a run shows. */
const look = (system: Parameters<typeof lookAt>[0], unit: Unit) =>
  lookAt(system, { ...unit, isObserved: true }, INVARIANTS);

async function tapeOf(era: EraName, unit: Unit, mutants: readonly Mutant[]) {
  const patched = await patchedPort(era, true);
  const tape = CallTape.of(portOf(era), patched, unit, mutants)!;
  return { tape, isEcho: (mutant: Mutant) => tape.isRepeatedBy(mutant) };
}

test.each([
  ['v3.17', 23],
  ['v6.12', 61],
] as const)(
  '%s: who answers alike has the result of the port and shows what it shows',
  async (era, every) => {
    const mutants = (await allMutants([era])).filter((_, i) => i % every === 0);
    const port = await loadSystem(era, null);
    const patched = await patchedPort(era, false);
    const count = { reachedEchoes: 0, others: 0 };
    for (const unit of unitsIn(era, SEQUENCES)) {
      const { tape, isEcho } = await tapeOf(era, unit, mutants);
      const ofPort = look(port, unit);
      expect({ result: tape.seen.result, seen: tape.seen.texts }).toEqual(ofPort);
      for (const mutant of mutants.filter((one) => patched.takes(one))) {
        if (!isEcho(mutant)) {
          count.others++;
          continue;
        }
        if (tape.reaches(mutant)) count.reachedEchoes++;
        const ofMutant = patched.with(mutant, () => look(patched.system, unit));
        expect(ofMutant, `${mutant.id} in ${unitText(unitName(unit))}`).toEqual(ofPort);
      }
    }
    expect(count.reachedEchoes).toBeGreaterThan(10);
    expect(count.others).toBeGreaterThan(10);
  },
);

const namedIn = async (era: EraName, end: string) => {
  const mutant = (await allMutants([era])).find(({ id }) => id === `${era}/${end}`);
  if (mutant === undefined) throw new Error(`there is no mutant ${end}`);
  return mutant;
};

test.each([
  // Two neighbours of which neither looks at what the other writes, in another order.
  [
    'v3.17',
    'paging64_walk_addr/swap-neighbours.a5c4',
    'guest-page-tables/any-order-of-operations.rights',
    1,
  ],
  // A load more while the VM is made.
  ['v3.17', 'kvm_init_memslots_id/load-again.dd8c', 'spte/fields-are-disjoint', 0],
  // The second of the two increments is gone.
  ['v3.17', 'history/single-increment', 'generation/every-install-makes-it-larger', 0],
  // What is decided once for a host, while a VM of it is made.
  ['v6.12', 'EPT_SPTE_MMU_WRITABLE/drop-operand.8f84', 'ioctl/a-read-only-slot-is-not-writable', 0],
] as const)('%s: %s in %s', async (era, end, id, expected) => {
  const mutant = await namedIn(era, end);
  const [unit] = unitsIn(era, [id]);
  const { tape, isEcho } = await tapeOf(era, unit!, [mutant]);
  expect(tape.reaches(mutant)).toBe(true);
  expect(Number(isEcho(mutant))).toBe(expected);
});

test('a function that is called too often is asked nothing; who edits it is no echo', async () => {
  const mutant = (await allMutants(['v3.17'])).find(({ id }) =>
    id.startsWith('v3.17/get_mmio_spte_generation/swap-neighbours'),
  )!;
  const [hot] = unitsIn('v3.17', ['spte/every-generation-comes-back']);
  expect((await tapeOf('v3.17', hot!, [mutant])).isEcho(mutant)).toBe(false);
  const [cool] = unitsIn('v3.17', ['spte/fields-are-disjoint']);
  expect((await tapeOf('v3.17', cool!, [mutant])).isEcho(mutant)).toBe(true);
});

test('a sequence leaves the port as it was: nothing is watched any more', async () => {
  const mutants = (await allMutants(['v3.17'])).slice(0, 40);
  const [unit] = unitsIn('v3.17', ['ioctl/bad-arguments-are-refused']);
  const patched = await patchedPort('v3.17', true);
  const before = look(patched.system, unit!);
  const { isEcho } = await tapeOf('v3.17', unit!, mutants);
  mutants.forEach(isEcho);
  expect(look(patched.system, unit!)).toEqual(before);
});
