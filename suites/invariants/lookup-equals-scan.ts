// SPDX-License-Identifier: GPL-2.0-only
// Does every lookup find what is there?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'lookup-equals-scan',
  number: 'I11',
  statement:
    'A lookup of a gfn returns what a search through all slots of the plain model ' +
    'returns, and never reads outside an array.',
  rationale:
    'Everything else rests on it. Real bugs of this class were hidden for years by arrays ' +
    'that happened to be long enough.',
  events: ['out-of-bounds'],
  knownBreaks: (['v3.19', 'v4.19', 'v5.2', 'v5.6'] as const).map((era) => ({
    era,
    details: ['kvm_memslots.memslots[3] of 3', 'kvm_memslots.memslots[4] of 4'],
    because:
      'With all entries in use, a search for a gfn below all slots looks at the entry behind ' +
      'the last one. Mended in v5.7 by b6467ab142b7, when arrays had become so short that ' +
      'they were always full.',
  })),
};
