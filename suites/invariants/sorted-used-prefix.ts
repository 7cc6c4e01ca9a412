// SPDX-License-Identifier: GPL-2.0-only
// Are used entries first, from the highest gfn down?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'sorted-used-prefix',
  number: 'I10',
  statement:
    'The entries in use come first, sorted by their first gfn, descending, and no two of them ' +
    'overlap; the entries behind them have neither pages nor a gfn.',
  rationale:
    'From v3.19 until v5.16 a lookup is a binary search through the used entries, and a walk ' +
    'over all slots ends at the first entry without pages. What is out of order or behind an ' +
    'unused entry is never found.',
  events: [],
  knownBreaks: [],
  eras: ['v3.19', 'v5.11'],
};
