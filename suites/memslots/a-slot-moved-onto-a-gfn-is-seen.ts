// SPDX-License-Identifier: GPL-2.0-only
// A slot moves onto a gfn that was MMIO. A move makes two installs and empties the page table.

import { atSizes, createSlot, moveSlot, SMALL, X, Y } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'memslots/a-slot-moved-onto-a-gfn-is-seen',
    before: [createSlot(0, Y)],
    updates: [moveSlot(0, X)],
  },
  SMALL,
);
