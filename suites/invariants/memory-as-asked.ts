// SPDX-License-Identifier: GPL-2.0-only
// Does the guest get the memory that userspace asked for?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'memory-as-asked',
  number: 'I25',
  statement:
    'At rest the guest can read and run the pages of a slot, and write them unless the slot is ' +
    'read-only; a write to a read-only slot and every other access go to userspace as MMIO.',
  rationale:
    'Firmware lives in read-only slots: it is run and read in place, and a write is a command ' +
    'to the flash that userspace emulates. A write that gets through, or a read that does not, ' +
    'is another machine than the one that was asked for.',
  events: [],
  knownBreaks: [],
};
