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
  knownBreaks: [],
};
