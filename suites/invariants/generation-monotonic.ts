// SPDX-License-Identifier: GPL-2.0-only
// Does the number of the slots only go up?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'generation-monotonic',
  number: 'I21',
  statement:
    'Every install makes the memslots generation larger, as a u64, by a step that is the ' +
    'same for all; at rest it does not say that an update is under way.',
  rationale:
    'Every cache of KVM compares numbers for equality. A number that is used twice makes ' +
    'an old entry valid again.',
  events: [],
  knownBreaks: [],
};
