// SPDX-License-Identifier: GPL-2.0-only
// A vCPU faults and KVM reads what the guest's page table says. Before the answer is used, another
// processor of the guest takes a right away, tells KVM so by a flush, and tries to use it. Is what
// was read before the flush thrown away?

import { atSizes, createSlot, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'guest-page-tables/a-right-taken-before-a-flush-is-gone',
    before: [createSlot(0, X)],
    updates: [],
    others: [{ kind: 'guest writer', page: X, isFlushing: true }],
    host: { mmio: ['shadow'], guestPaging: true, addressSpaces: 1 },
    staleness: 'sync-follows-guest',
    // The sync drops the entry, so that the access has to ask.
    reloads: [0],
    remapped: true,
  },
  [{ vcpus: 1, exits: [X], budgetStates: 50_000 }],
);
