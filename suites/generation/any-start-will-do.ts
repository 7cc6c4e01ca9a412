// SPDX-License-Identifier: GPL-2.0-only
// The number that a VM starts with should not matter. From 0, from 2 and from just below the end of
// 64 bits, is a created slot seen? (An update makes the number larger by 1 or by 2, by era. Where
// bit 63 is a flag, numbers never come near it; there the number that SPTEs hold comes to its end.)

import type { RulesName } from '#vocabulary';
import { FLAGGED, WITHOUT_FLAG } from '../era-rules.ts';
import { atSizes, BOTH_MASKS, createSlot, X } from '../scenario.ts';

const ALL: readonly RulesName[] = [...WITHOUT_FLAG, ...FLAGGED];
const STARTS: readonly (readonly [name: string, start: bigint, eras: readonly RulesName[]])[] = [
  ['from-0', 0n, ALL],
  ['from-2', 2n, ALL],
  ['from-minus-2', (1n << 64n) - 2n, WITHOUT_FLAG],
  ['from-the-last', (1n << 19n) - 2n, FLAGGED],
];

export const scenarios = STARTS.flatMap(([variant, generationStart, eras]) =>
  atSizes(
    {
      id: 'generation/any-start-will-do',
      updates: [createSlot(0, X)],
      host: { ...BOTH_MASKS, generationStart },
      eras,
    },
    [
      { vcpus: 1, exits: [X, X], budgetStates: 10_000, variant: `1v1u2f-${variant}` },
      { vcpus: 2, exits: [X], budgetStates: 10_000, variant: `2v1u1f-${variant}` },
    ],
  ),
);
