// SPDX-License-Identifier: GPL-2.0-only
// The slot is there before and after, only its flags change. Is it there in between as well, when
// stores may reach memory late?

import { atSizes, createSlot, logDirty, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'memory-order/new-flags-are-published-whole',
    before: [createSlot(0, X)],
    updates: [logDirty(0, X)],
    host: { mmio: ['ept'] },
    memoryModels: ['pso-release'],
  },
  [
    { vcpus: 1, exits: [X], budgetStates: 1_000_000 },
    { vcpus: 2, exits: [X], budgetStates: 10_000 },
  ],
);
