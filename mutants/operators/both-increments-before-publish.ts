// SPDX-License-Identifier: GPL-2.0-only
// What if the set is published with its final number?

import { flaggedInstalls } from '#mutation/flagged-install';
import { incrementPairs } from '#mutation/install';
import type { Operator } from '#mutation/mutant';
import { drop, replaceNode } from '#mutation/statements';

/**
 * Someone computes the next number in one place, "since nobody sees the set before that". A reader
 * that decided on the old set can then tag its decision with a number that stays valid.
 */
export const operator: Operator = {
  name: 'both-increments-before-publish',
  family: 'order',
  summary: 'Both increments are made before the set is published, none after.',
  places: ({ node }) => [
    ...incrementPairs(node).map(({ first, second, both }) => ({
      changes: [first.withAmount(both), second.dropped()],
      description: `${first.field} has its final number before it is published`,
    })),
    ...flaggedInstalls(node).map(({ flagged, step, field, next }) => ({
      changes: [replaceNode(flagged, `${field} = ${next};`), drop(step)],
      description: `${field} has its final number before it is published`,
    })),
  ],
};
