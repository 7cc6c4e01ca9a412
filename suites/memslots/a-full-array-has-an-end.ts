// SPDX-License-Identifier: GPL-2.0-only
// All slots are in use, and a gfn below all of them is looked up. Does the search stop at the last
// entry of the array, and find nothing?

import { judgeLookup } from '../at-rest.ts';
import { createSlot, deleteSlot, M, type SequentialScenario, X } from '../scenario.ts';

const SLOTS = 3;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'memslots/a-full-array-has-an-end',
  eras: null,
  gfns: [X, M],
  host: { mmio: ['ept'], userMemSlots: SLOTS },
  check: ({ vm, report }) => {
    const gfns = [0n, X - 1n, X, X + 1n, X + 2n, X + 3n];
    for (let slot = 0; slot < SLOTS; slot++) {
      vm.setMemoryRegion(createSlot(slot, X + BigInt(slot)).region);
      for (const gfn of gfns) judgeLookup(vm, vm.slots(), gfn, report);
    }
    // Not full any more, and without what lay lowest.
    vm.setMemoryRegion(deleteSlot(0, X).region);
    for (const gfn of gfns) judgeLookup(vm, vm.slots(), gfn, report);
    return gfns.length * (SLOTS + 1);
  },
};
