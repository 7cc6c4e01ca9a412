// SPDX-License-Identifier: GPL-2.0-only
// The host takes a page back while a vCPU faults on it. From the start of the change to its end the
// page is not mapped, and the fault is tried again.

import { atSizes, createSlot, hostChanges, M, X } from '../scenario.ts';

export const scenarios = atSizes(
  {
    id: 'notifier/no-page-is-mapped-that-is-taken-back',
    before: [createSlot(0, X)],
    updates: [],
    gfns: [X, M],
    others: [hostChanges(0)],
    eras: ['v6.12'],
  },
  [
    { vcpus: 1, exits: [X], budgetStates: 50_000 },
    { vcpus: 1, exits: [X, X], budgetStates: 50_000 },
  ],
);
