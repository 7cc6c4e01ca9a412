// SPDX-License-Identifier: GPL-2.0-only
// A slot comes and goes. Is every access right before, meanwhile and after, three installs long?

import { atSizes, createSlot, deleteSlot, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'memslots/a-created-and-deleted-slot-leaves-nothing',
    updates: [createSlot(0, X), deleteSlot(0, X)],
  },
  [
    { vcpus: 1, exits: [X, X], budgetStates: 10_000 },
    { vcpus: 2, exits: [X], budgetStates: 50_000 },
    { vcpus: 2, exits: [X, X], budgetStates: 400_000 },
  ],
);
