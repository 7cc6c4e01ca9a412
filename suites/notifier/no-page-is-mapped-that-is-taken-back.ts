// SPDX-License-Identifier: GPL-2.0-only
// The host takes a page back while a vCPU faults on it. From the start of the change to its end the
// page is not mapped, and the fault is tried again. One change may be of the pages of two slots,
// whose gfns lie as their addresses or the other way round.

import {
  atSizes,
  createSlot,
  hostChanges,
  hostChangesBoth,
  M,
  type Update,
  X,
  Y,
} from '../scenario.ts';

const CLAIM = 'notifier/no-page-is-mapped-that-is-taken-back';
const COMMON = { updates: [], eras: ['v6.12'] as const };

/** The fault is on the slot that the change comes to second. */
const ofTwoSlots = (variant: string, gfn: bigint, before: readonly Update[]) =>
  atSizes(
    {
      ...COMMON,
      id: `${CLAIM}.${variant}`,
      before,
      gfns: [X, Y, M],
      others: [hostChangesBoth(0, 1)],
    },
    [{ vcpus: 1, exits: [gfn], budgetStates: 50_000 }],
  );

export const scenarios = [
  ...atSizes(
    { ...COMMON, id: CLAIM, before: [createSlot(0, X)], gfns: [X, M], others: [hostChanges(0)] },
    [
      { vcpus: 1, exits: [X], budgetStates: 50_000 },
      { vcpus: 1, exits: [X, X], budgetStates: 50_000 },
    ],
  ),
  ...ofTwoSlots('upward', Y, [createSlot(0, X), createSlot(1, Y)]),
  ...ofTwoSlots('downward', X, [createSlot(0, Y), createSlot(1, X)]),
];
