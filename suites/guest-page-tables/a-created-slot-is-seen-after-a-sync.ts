// SPDX-License-Identifier: GPL-2.0-only
// What is MMIO has been read, and the page table was written since. The guest reloads CR3 and reads
// again, while a slot is created there: do this read and those after it reach the slot? (A vCPU's
// cache without a number, as before v3.17, needs no sync to be stale: it would be blamed on that
// here.)

import { atSizes, createSlot, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'guest-page-tables/a-created-slot-is-seen-after-a-sync',
    updates: [createSlot(0, X)],
    host: { mmio: ['shadow'], guestPaging: true, addressSpaces: 1 },
    eras: ['v3.17', 'v3.19', 'v5.11', 'v6.12'],
    staleness: 'no-retag-without-lookup',
    reloads: [0],
  },
  [{ vcpus: 1, exits: [X], budgetStates: 10_000 }],
);
