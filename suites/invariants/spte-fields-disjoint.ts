// SPDX-License-Identifier: GPL-2.0-only
// Do the fields of an MMIO SPTE keep clear of each other?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'spte-fields-disjoint',
  number: 'I7',
  statement:
    'The bits of the generation at rest, the gfn, the access rights and the mask that ' +
    'marks an MMIO SPTE are pairwise disjoint.',
  rationale:
    'A bit that two fields share is set by one and read by the other, for some values ' + 'only.',
  events: [],
  knownBreaks: [],
};
