// SPDX-License-Identifier: GPL-2.0-only
// Does an MMIO SPTE follow the guest's page table when that is synchronised?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'sync-follows-guest',
  number: 'I29',
  statement:
    'After a sync an MMIO SPTE names the gfn and the rights that the page table of the guest ' +
    'names, and counts as present; it is gone if the gfn is another one. What is no MMIO SPTE is ' +
    'left to the caller as it is. Kernels up to v5.11 zap a page table that a sync leaves empty.',
  rationale:
    'The guest may write its page tables at will and tells by a flush that it did. An entry that ' +
    'stays as it was sends the next access to the device that was there before.',
  events: [],
  knownBreaks: [],
};
