// SPDX-License-Identifier: GPL-2.0-only
// Userspace deletes a slot and leaves the flag that asks for a log of written pages, as QEMU did.
// Does the entry that becomes free still ask for one? KVM would then allocate a bitmap of no pages.

import { createSlot, deleteSlot, logDirty, M, type SequentialScenario, X } from '../scenario.ts';

const LOG_DIRTY = 1;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'memslots/a-deleted-slot-logs-nothing',
  eras: null,
  gfns: [X, M],
  // Slots are the same whatever an SPTE looks like.
  host: { mmio: ['ept'] },
  check: ({ vm, report }) => {
    vm.setMemoryRegion(createSlot(0, X).region);
    vm.setMemoryRegion(logDirty(0, X).region);
    vm.setMemoryRegion({ ...deleteSlot(0, X).region, flags: LOG_DIRTY });
    for (const { npages, flags } of vm.entries()) {
      if (npages === 0n && (flags & LOG_DIRTY) !== 0)
        report('arguments-checked', 'a slot without pages is to be logged');
    }
    return 1;
  },
};
