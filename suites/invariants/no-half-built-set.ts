// SPDX-License-Identifier: GPL-2.0-only
// Does anybody see slots that are still being written?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'no-half-built-set',
  number: 'I20',
  statement:
    'No reader finds memory that was never written: all of a set is stored before the set ' +
    'is published.',
  rationale:
    'A set that is published too early, or by a store that may pass the others, shows ' +
    'entries made of whatever was there before.',
  events: ['uninitialised-read'],
  knownBreaks: [],
};
