// SPDX-License-Identifier: GPL-2.0-only
// Does an update keep what others wrote to the arch fields of slots?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'arch-writes-survive',
  number: 'I14',
  statement:
    'What is written to the arch fields of a slot under slots_arch_lock is there after every ' +
    'update that leaves the slot.',
  rationale:
    'An update works on a copy of the slot: who writes to the original meanwhile must not be lost.',
  events: [],
  knownBreaks: [],
  eras: ['v6.12'],
};
