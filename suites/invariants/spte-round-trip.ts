// SPDX-License-Identifier: GPL-2.0-only
// Does an SPTE give back what was put in?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'spte-round-trip',
  number: 'I6',
  statement:
    'Generation, gfn and access rights that are stored in an MMIO SPTE are read back ' +
    'unchanged, for every generation at rest and every gpa that the guest can have.',
  rationale:
    'A shift that is off by one makes two numbers equal, or one number unequal to itself: ' +
    'entries that are stale for ever, or a cache that is silently dead.',
  events: [],
  knownBreaks: [],
};
