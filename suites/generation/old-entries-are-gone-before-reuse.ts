// SPDX-License-Identifier: GPL-2.0-only
// The generation in an SPTE is so narrow here that two installs use it up. Is an entry of the first
// round ever found valid in the second one? (v3.16 has stale entries without any reuse, which would
// be blamed on it; there, counting installs tells.)

import { atSizes, BOTH_MASKS, createSlot, logDirty, X, Y } from '../scenario.ts';

/** Numbers at rest are 0 and 2. */
const TWO_BITS = { low: 2, high: 0 };

export const scenarios = atSizes(
  {
    id: 'generation/old-entries-are-gone-before-reuse',
    before: [createSlot(1, Y, 2n)],
    updates: [logDirty(1, Y, 2n), createSlot(0, X)],
    // One install before the threads begin: they find 0, and the last install comes back to it.
    host: { ...BOTH_MASKS, generationBits: TWO_BITS, generationStart: (1n << 64n) - 2n },
    eras: ['v3.17', 'v3.19'],
    staleness: 'zap-before-reuse',
  },
  [
    { vcpus: 1, exits: [X, X], budgetStates: 10_000 },
    { vcpus: 2, exits: [X], budgetStates: 50_000 },
    { vcpus: 2, exits: [X, X], budgetStates: 100_000 },
  ],
);
