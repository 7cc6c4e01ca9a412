// SPDX-License-Identifier: GPL-2.0-only
// Memory first, then none, then memory again: is the MMIO in between forgotten?

import { atSizes, createSlot, deleteSlot, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'memslots/a-deleted-slot-comes-back',
    before: [createSlot(0, X)],
    updates: [deleteSlot(0, X), createSlot(0, X)],
  },
  [
    { vcpus: 1, exits: [X, X], budgetStates: 10_000 },
    { vcpus: 2, exits: [X], budgetStates: 50_000 },
  ],
);
