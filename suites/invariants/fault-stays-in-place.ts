// SPDX-License-Identifier: GPL-2.0-only
// Does a fault touch what it is about, and nothing else?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'fault-stays-in-place',
  number: 'I27',
  statement:
    'A fault reads and writes the SPTE of the gfn that was accessed and of no other, and a fault ' +
    'that maps nothing leaves it as it was.',
  rationale:
    'An SPTE at another gfn gives the guest memory that it never asked for, at a place where ' +
    'nothing removes it when its slot goes, while the access itself faults for ever.',
  events: ['crash: an entry of a strange gfn'],
  knownBreaks: [],
};
