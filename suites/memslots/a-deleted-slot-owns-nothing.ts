// SPDX-License-Identifier: GPL-2.0-only
// A slot is deleted, and the flag that asks for a log of written pages is left set, as QEMU did. Is
// what the slot owned given back at once, and is its entry free of the flag, for which KVM would
// allocate a log of no pages?

import { createSlot, deleteSlot, logDirty, M, type SequentialScenario, X, Y } from '../scenario.ts';

const LOG_DIRTY = 1;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'memslots/a-deleted-slot-owns-nothing',
  eras: null,
  gfns: [X, M],
  // Slots are the same whatever an SPTE looks like.
  host: { mmio: ['ept'] },
  check: ({ vm, report }) => {
    const regions = [
      createSlot(0, X).region,
      createSlot(1, Y).region,
      logDirty(0, X).region,
      { ...deleteSlot(0, X).region, flags: LOG_DIRTY },
      { ...deleteSlot(1, Y).region, flags: LOG_DIRTY },
    ];
    for (const region of regions) {
      vm.setMemoryRegion(region);
      for (const { npages, flags, ownsMemory } of vm.entries()) {
        const isUsed = npages !== 0n;
        if (!isUsed && (flags & LOG_DIRTY) !== 0)
          report('arguments-checked', 'a slot without pages is to be logged');
        if (!isUsed && ownsMemory) report('freed-exactly-once', 'a deleted slot owns memory');
        if (isUsed && !ownsMemory) report('freed-exactly-once', 'a slot has lost its memory');
      }
    }
    return regions.length;
  },
};
