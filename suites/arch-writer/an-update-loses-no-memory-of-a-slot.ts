// SPDX-License-Identifier: GPL-2.0-only
// A first shadow page table gives all slots memory, while userspace changes one of them: what the
// update copies must not be older than what was written.

import { atSizes, createSlot, logDirty, M, moveSlot, X, Y } from '../scenario.ts';

const COMMON = {
  before: [createSlot(0, X)],
  gfns: [X, M],
  others: [{ kind: 'arch writer' }] as const,
  eras: ['v6.12'] as const,
};

export const scenarios = [
  ...atSizes(
    {
      ...COMMON,
      id: 'arch-writer/an-update-loses-no-memory-of-a-slot.flags',
      updates: [logDirty(0, X)],
    },
    [{ vcpus: 1, exits: [X], budgetStates: 100_000 }],
  ),
  ...atSizes(
    {
      ...COMMON,
      id: 'arch-writer/an-update-loses-no-memory-of-a-slot.moved',
      gfns: [X, Y, M],
      updates: [moveSlot(0, Y)],
    },
    [{ vcpus: 1, exits: [X], budgetStates: 100_000 }],
  ),
  ...atSizes(
    {
      ...COMMON,
      id: 'arch-writer/an-update-loses-no-memory-of-a-slot.created',
      gfns: [X, Y, M],
      updates: [createSlot(1, Y)],
    },
    [{ vcpus: 1, exits: [X], budgetStates: 100_000 }],
  ),
];
