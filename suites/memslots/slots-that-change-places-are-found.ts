// SPDX-License-Identifier: GPL-2.0-only
// Two slots are in use while a third one comes or goes, so that they change their places in the
// array. Is each still found by vCPUs that found another one just before, and by vCPUs that walk
// the old array while the new one is being filled?

import { atSizes, createSlot, deleteSlot, M, moveSlot, type Size, X, Y } from '../scenario.ts';

/** Above all other slots. */
const Z = 0x40n;

const SIZES: readonly Size[] = [
  { vcpus: 1, exits: [X, Y], budgetStates: 10_000 },
  { vcpus: 2, exits: [Y, X], budgetStates: 100_000 },
];

const named = (name: string) =>
  SIZES.map((size) => ({ ...size, variant: `${size.vcpus}v-${name}` }));

const CLAIM = { id: 'memslots/slots-that-change-places-are-found', gfns: [X, Y, M] };

export const scenarios = [
  ...atSizes(
    { ...CLAIM, before: [createSlot(0, X), createSlot(1, Y)], updates: [createSlot(2, Z)] },
    named('create'),
  ),
  ...atSizes(
    {
      ...CLAIM,
      before: [createSlot(0, X), createSlot(1, Y), createSlot(2, Z)],
      updates: [deleteSlot(2, Z)],
    },
    named('delete'),
  ),
  ...atSizes(
    { ...CLAIM, before: [createSlot(0, X), createSlot(1, Y)], updates: [moveSlot(1, Z)] },
    named('move'),
  ),
];
