// SPDX-License-Identifier: GPL-2.0-only
// Is all memory of old slots given back once?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'freed-exactly-once',
  number: 'I13',
  statement:
    'On every path a replaced set of slots is freed exactly once, and a copy that was not ' +
    'used as well.',
  rationale: 'Twice corrupts the heap, never is a leak that userspace can repeat at will.',
  events: ['double-free'],
  knownBreaks: [],
};
