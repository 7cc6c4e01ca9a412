// SPDX-License-Identifier: GPL-2.0-only
// There is no memory for the copy of the slots, or for the slot where slots are no copies. Is the
// call as if it had never been made?

import { atSizes, BOTH_MASKS, createSlot, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'memslots/a-create-without-memory-changes-nothing',
    updates: [createSlot(0, X), createSlot(0, X)],
    host: { ...BOTH_MASKS, failAllocations: ['memslots 1', 'memory_slot 1'] },
  },
  [
    { vcpus: 1, exits: [X], budgetStates: 10_000 },
    { vcpus: 1, exits: [X, X], budgetStates: 10_000 },
    { vcpus: 2, exits: [X], budgetStates: 10_000 },
  ],
);
