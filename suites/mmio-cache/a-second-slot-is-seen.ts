// SPDX-License-Identifier: GPL-2.0-only
// An install elsewhere goes before the one that matters: does the number of installs make a
// difference?

import { atSizes, createSlot, X, Y } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'mmio-cache/a-second-slot-is-seen',
    updates: [createSlot(1, Y, 2n), createSlot(0, X)],
  },
  [
    { vcpus: 1, exits: [X, X], budgetStates: 10_000 },
    { vcpus: 2, exits: [X], budgetStates: 50_000 },
    { vcpus: 2, exits: [X, X], budgetStates: 100_000 },
  ],
);
