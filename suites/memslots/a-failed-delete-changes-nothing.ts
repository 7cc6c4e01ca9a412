// SPDX-License-Identifier: GPL-2.0-only
// A call runs out of memory halfway, after the slot became invalid. Is it made valid again?

import { atSizes, BOTH_MASKS, createSlot, deleteSlot, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'memslots/a-failed-delete-changes-nothing',
    before: [createSlot(0, X)],
    updates: [deleteSlot(0, X)],
    host: { ...BOTH_MASKS, failPrepare: [2] },
  },
  [
    { vcpus: 1, exits: [X], budgetStates: 10_000 },
    { vcpus: 1, exits: [X, X], budgetStates: 10_000 },
    { vcpus: 2, exits: [X], budgetStates: 10_000 },
  ],
);
