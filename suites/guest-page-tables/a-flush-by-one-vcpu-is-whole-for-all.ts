// SPDX-License-Identifier: GPL-2.0-only
// The guest has mapped a page elsewhere, and two of its vCPUs reload CR3 at once. One of them
// brings the shadow in step with the table; the other may find that there is nothing left to do,
// but not before that is so: does each of them reach the new place?

import { atSizes, createSlot, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'guest-page-tables/a-flush-by-one-vcpu-is-whole-for-all',
    before: [createSlot(0, X)],
    updates: [],
    host: { mmio: ['shadow'], guestPaging: true, addressSpaces: 1 },
    staleness: 'sync-follows-guest',
    reloads: [0],
    remapped: true,
  },
  [{ vcpus: 2, exits: [X], budgetStates: 50_000 }],
);
