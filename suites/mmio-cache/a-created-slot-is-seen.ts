// SPDX-License-Identifier: GPL-2.0-only
// A vCPU has just used a gfn as MMIO. Does it notice that a slot is created there?

import { atSizes, createSlot, SMALL, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'mmio-cache/a-created-slot-is-seen',
    updates: [createSlot(0, X)],
  },
  SMALL,
);
