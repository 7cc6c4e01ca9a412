// SPDX-License-Identifier: GPL-2.0-only
// Does every bit of an SPTE mean what others take it for?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'spte-bits',
  number: 'I28',
  statement:
    'Each bit of an SPTE is what the processor and the rest of KVM take it for: present, ' +
    'rights, accessed, page, software bits, the mark of MMIO, and a generation of full width.',
  rationale:
    'The processor walks these words, and functions that know nothing of the fault read them ' +
    'later: to write-protect a page, to age it, to find what it maps. A bit in the wrong place ' +
    'is noticed there, or by nobody.',
  events: [],
  knownBreaks: [],
};
