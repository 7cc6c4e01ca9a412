// SPDX-License-Identifier: GPL-2.0-only
// All slots are in use, and a gfn below all of them is looked up. Does the search stop at the last
// entry of the array, and find nothing? And does no later lookup begin outside of the array?

import { judgeLookup } from '../at-rest.ts';
import { createSlot, deleteSlot, M, type SequentialScenario, X } from '../scenario.ts';

const SLOTS = 3;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'memslots/a-full-array-has-an-end',
  eras: null,
  gfns: [X, M],
  host: { mmio: ['ept'], userMemSlots: SLOTS },
  check: ({ vm, report, strays }) => {
    const gfns = [X + 3n, X + 2n, X + 1n, X, X - 1n, 0n];
    const lookUpInside = (gfn: bigint) => {
      const before = strays();
      judgeLookup(vm, vm.slots(), gfn, report);
      if (strays() > before)
        report('lookup-equals-scan', 'a lookup begins where the array was left before');
    };
    for (let slot = 0; slot < SLOTS; slot++) {
      vm.setMemoryRegion(createSlot(slot, X + BigInt(slot)).region);
      for (const gfn of gfns) judgeLookup(vm, vm.slots(), gfn, report);
    }
    // The last lookup was below all slots; this one is not.
    lookUpInside(X);
    judgeLookup(vm, vm.slots(), 0n, report);
    // Not full any more, and without what lay lowest.
    vm.setMemoryRegion(deleteSlot(0, X).region);
    gfns.forEach(lookUpInside);
    return gfns.length * (SLOTS + 1) + 2;
  },
};
