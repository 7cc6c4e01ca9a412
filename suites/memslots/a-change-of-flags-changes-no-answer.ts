// SPDX-License-Identifier: GPL-2.0-only
// Dirty logging is switched on. Do accesses to the slot still reach it, and others still miss it?

import { atSizes, createSlot, logDirty, M, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'memslots/a-change-of-flags-changes-no-answer',
    before: [createSlot(0, X)],
    updates: [logDirty(0, X)],
  },
  [
    { vcpus: 1, exits: [X, M], budgetStates: 10_000 },
    { vcpus: 2, exits: [M, X], budgetStates: 20_000 },
  ],
);
