// SPDX-License-Identifier: GPL-2.0-only
// Are used slots first, the largest in front?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'sorted-by-size',
  number: 'I10b',
  statement: 'The slots in use come first and are sorted by their number of pages, descending.',
  rationale:
    'Lookups of these eras go from the front and stop at the first slot without pages: ' +
    'what lies behind it is never found.',
  events: [],
  knownBreaks: [],
  eras: ['v3.16', 'v3.17'],
};
