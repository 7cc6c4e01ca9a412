// SPDX-License-Identifier: GPL-2.0-only
// Does KVM itself read and write the guest's memory where the slots say that it is?

import type { Invariant } from '../invariant.ts';

const BEYOND = 'a range beyond the end is found';
const HALVES = ['half of a range is read', 'half of a range is written'];
const UNLOGGED = 'of two pages of a slot that were written the second is not logged';

const BEYOND_AND_HALF =
  'A range that goes on behind the last address is found unchecked (f1b9dd5eb86c, v5.0). And ' +
  'where the second of two pages has lost its slot, the slow path copies the first one before it ' +
  'fails (fcfbc617547f, v5.6).';

export const invariant: Invariant = {
  name: 'hva-cache-exact',
  number: 'I31',
  statement:
    'What KVM copies from or to the guest through a gfn_to_hva_cache lies where the slots say at ' +
    'that time: all of the range, or nothing and an error. Each page that it writes is logged as ' +
    'dirty if the slot is logged.',
  rationale:
    'Clocks, stolen time, interrupts and asynchronous faults are told to the guest this way. ' +
    'A place that is kept for too long is memory of somebody else, and a page that is not logged ' +
    'is missing after a migration.',
  events: [],
  knownBreaks: [
    {
      era: 'v3.16',
      details: [BEYOND, ...HALVES, UNLOGGED],
      because: `${BEYOND_AND_HALF} Of two pages in one slot only the first is logged.`,
    },
    {
      era: 'v3.17',
      details: [BEYOND, ...HALVES, UNLOGGED],
      because: `${BEYOND_AND_HALF} Of two pages in one slot only the first is logged.`,
    },
    { era: 'v3.19', details: [BEYOND, ...HALVES], because: BEYOND_AND_HALF },
    // Of the releases with these rules all copy the first half; not all find what is beyond.
    { era: 'v4.19', details: HALVES, because: BEYOND_AND_HALF },
    { era: 'v5.2', details: HALVES, because: BEYOND_AND_HALF },
  ],
};
