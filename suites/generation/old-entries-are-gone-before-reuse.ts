// SPDX-License-Identifier: GPL-2.0-only
// The generation in an SPTE is so narrow here that two installs use it up. Is an entry of the first
// round ever found valid in the second one? (v3.16 has stale entries without any reuse, which would
// be blamed on it; there, counting installs tells.)

import type { RulesName } from '#vocabulary';
import { FLAGGED } from '../era-rules.ts';
import { atSizes, BOTH_MASKS, createSlot, logDirty, X, Y } from '../scenario.ts';

/** Numbers at rest are 0 and 2. */
const TWO_BITS = { low: 2, high: 0 };

/** The install before the threads begin brings the number to one that reads as 0. */
const STARTS: readonly (readonly [variant: string, start: bigint, eras: readonly RulesName[]])[] = [
  ['', (1n << 64n) - 2n, ['v3.17', 'v3.19']],
  // Bit 63 is a flag: numbers begin far below it.
  ['flagged-', 2n, FLAGGED],
];

export const scenarios = STARTS.flatMap(([variant, generationStart, eras]) =>
  atSizes(
    {
      id: 'generation/old-entries-are-gone-before-reuse',
      before: [createSlot(1, Y, 2n)],
      updates: [logDirty(1, Y, 2n), createSlot(0, X)],
      // They find 0, and the last install comes back to it.
      host: { ...BOTH_MASKS, generationBits: TWO_BITS, generationStart },
      eras,
      staleness: 'zap-before-reuse',
    },
    [
      { vcpus: 1, exits: [X, X], budgetStates: 10_000, variant: `${variant}1v2u2f` },
      { vcpus: 2, exits: [X], budgetStates: 50_000, variant: `${variant}2v2u1f` },
      { vcpus: 2, exits: [X, X], budgetStates: 200_000, variant: `${variant}2v2u2f` },
    ],
  ),
);
