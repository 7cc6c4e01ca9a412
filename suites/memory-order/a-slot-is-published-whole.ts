// SPDX-License-Identifier: GPL-2.0-only
// Stores may reach memory late and out of order, except across a release. Are new slots seen whole?

import { atSizes, createSlot, SMALL, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'memory-order/a-slot-is-published-whole',
    updates: [createSlot(0, X)],
    // How an SPTE is marked does not order any store; a third slot would only add stores.
    host: { mmio: ['ept'], userMemSlots: 2 },
    memoryModels: ['pso-release'],
  },
  // Without the release every store of the copy may be late: some 450,000 states at the least size.
  SMALL.map((size, i) => (i === 0 ? { ...size, budgetStates: 1_000_000 } : size)),
);
