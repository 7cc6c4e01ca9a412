// SPDX-License-Identifier: GPL-2.0-only
// Is a mutant of the model judged by what a guest at rest sees, and is what it breaks inside told
// apart?

import { expect, test } from 'vitest';
import { allMutants } from '#lab/registry';
import { loadSystem } from '#lab/variants';
import { modelRaces, usesFreed } from './model.ts';

const mutants = await allMutants(['v6.12']);
const load = (id: string) => loadSystem('v6.12', mutants.find((one) => one.id === id) ?? null);
const SWAP = 'v6.12/kvm_swap_active_memslots';

test('the port as it stands shows nothing, and uses no freed slot', async () => {
  const port = await load('');
  expect(modelRaces(port)).toEqual({ isSeen: false, inside: [], isComplete: true });
  expect(usesFreed(port)).toBe(false);
});

test('never-increment goes on with a freed slot, and no guest at rest sees MMIO', async () => {
  const never = await load(`${SWAP}/never-increment.1`);
  expect(usesFreed(never)).toBe(true);
  expect(modelRaces(never)).toEqual({
    isSeen: false,
    inside: ['protected-access', 'stale-in-window'],
    isComplete: true,
  });
});

test("the seed's bug is seen, and a cache that is filled in the window is not", async () => {
  const seed = await load(`${SWAP}/both-increments-before-publish.1`);
  expect(modelRaces(seed)).toMatchObject({ isSeen: true, isComplete: true });
  expect(usesFreed(seed)).toBe(false);
  const filled = await load('v6.12/vcpu_cache_mmio_info/drop-ip-check-in-cache-fill.1');
  expect(modelRaces(filled)).toMatchObject({ isSeen: false, inside: ['stale-in-window'] });
});
