// SPDX-License-Identifier: GPL-2.0-only
// The host changes the pages of a slot while userspace creates, moves or deletes it. The end of the
// change must find what its start has found, or faults on these pages wait for ever.

import { atSizes, createSlot, deleteSlot, hostChanges, M, X, Y } from '../scenario.ts';

const COMMON = { gfns: [X, M], others: [hostChanges(0)], eras: ['v6.12'] as const };

export const scenarios = [
  ...atSizes(
    {
      ...COMMON,
      id: 'notifier/a-change-by-the-host-ends.created',
      updates: [createSlot(0, X)],
    },
    [{ vcpus: 1, exits: [X], budgetStates: 100_000 }],
  ),
  ...atSizes(
    {
      ...COMMON,
      id: 'notifier/a-change-by-the-host-ends.deleted',
      before: [createSlot(0, X)],
      updates: [deleteSlot(0, X)],
    },
    [{ vcpus: 1, exits: [X], budgetStates: 100_000 }],
  ),
  ...atSizes(
    {
      ...COMMON,
      id: 'notifier/a-change-by-the-host-ends.elsewhere',
      before: [createSlot(1, Y, 2n)],
      gfns: [X, Y, M],
      updates: [createSlot(0, X)],
    },
    [{ vcpus: 1, exits: [X], budgetStates: 100_000 }],
  ),
];
