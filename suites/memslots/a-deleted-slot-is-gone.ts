// SPDX-License-Identifier: GPL-2.0-only
// Memory goes away while vCPUs use it. Does any access that begins afterwards still reach it?

import { atSizes, createSlot, deleteSlot, SMALL, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'memslots/a-deleted-slot-is-gone',
    before: [createSlot(0, X)],
    updates: [deleteSlot(0, X)],
  },
  SMALL,
);
