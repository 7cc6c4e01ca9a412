// SPDX-License-Identifier: GPL-2.0-only
// A slot moves away from a gfn in use. Does any access that begins afterwards still reach it there?

import { atSizes, createSlot, moveSlot, SMALL, X, Y } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'memslots/a-slot-moved-away-is-gone',
    before: [createSlot(0, X)],
    updates: [moveSlot(0, Y)],
  },
  SMALL,
);
