// SPDX-License-Identifier: GPL-2.0-only
// The same with two updates, which reuse memory: can a reader of the old slots see the new ones
// early?

import { atSizes, createSlot, X, Y } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'memory-order/two-updates-are-published-whole',
    updates: [createSlot(1, Y, 2n), createSlot(0, X)],
    host: { mmio: ['ept', 'shadow'] },
    memoryModels: ['pso-release'],
  },
  [
    { vcpus: 1, exits: [X, X], budgetStates: 10_000 },
    { vcpus: 2, exits: [X, X], budgetStates: 100_000 },
  ],
);
