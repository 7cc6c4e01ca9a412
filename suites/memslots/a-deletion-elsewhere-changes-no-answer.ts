// SPDX-License-Identifier: GPL-2.0-only
// A slot is deleted, and with it every entry is zapped. Is MMIO elsewhere still MMIO, whenever its
// entry goes and comes back? (Nothing here was ever RAM, so no warning is excused.)

import { atSizes, createSlot, deleteSlot, M, Y } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'memslots/a-deletion-elsewhere-changes-no-answer',
    before: [createSlot(1, Y)],
    updates: [deleteSlot(1, Y)],
    gfns: [M],
  },
  [
    { vcpus: 1, exits: [M, M], budgetStates: 10_000 },
    { vcpus: 2, exits: [M, M], budgetStates: 100_000 },
  ],
);
