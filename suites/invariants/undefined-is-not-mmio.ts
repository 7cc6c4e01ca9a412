// SPDX-License-Identifier: GPL-2.0-only
// What does a walk of the page table say that finds no entry?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'undefined-is-not-mmio',
  number: 'I6b',
  statement:
    'What a walk of the page table did not read is never taken for an entry, least of all for ' +
    'one of MMIO.',
  rationale:
    'The entries that a walk reads go to an array on the stack. What is taken from it without ' +
    'having been written is whatever was left there by earlier calls.',
  events: ['uninitialised-read: on the stack'],
  knownBreaks: [],
  eras: ['v5.11', 'v6.12'],
};
