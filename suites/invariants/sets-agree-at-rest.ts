// SPDX-License-Identifier: GPL-2.0-only
// Do the two sets that a VM keeps hold the same slots when nobody changes them?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'sets-agree-at-rest',
  number: 'I8',
  statement:
    'Between two calls the published set and the one that is kept beside it hold the same slots, ' +
    'in the same order, with the same ranges, addresses and ids.',
  rationale:
    'The next call changes the spare set and publishes it: what is missing there is lost then, ' +
    'and what was deleted comes back.',
  events: [],
  knownBreaks: [],
  eras: ['v6.12'],
};
