// SPDX-License-Identifier: GPL-2.0-only
// The cache of a vCPU holds one gfn. Is it taken for another one, before or after that gets a slot?

import { atSizes, createSlot, M, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'mmio-cache/two-gfns-do-not-mix',
    updates: [createSlot(0, X)],
  },
  [
    { vcpus: 1, exits: [M, X], budgetStates: 10_000, variant: '1v1u2f-mx' },
    { vcpus: 1, exits: [X, M], budgetStates: 10_000, variant: '1v1u2f-xm' },
    { vcpus: 1, exits: [X, M, X], budgetStates: 10_000 },
    { vcpus: 2, exits: [M, X], budgetStates: 20_000 },
  ],
);
