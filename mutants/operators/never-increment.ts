// SPDX-License-Identifier: GPL-2.0-only
// What if the number never changes at all?

import { flaggedInstalls } from '#mutation/flagged-install';
import type { Operator } from '#mutation/mutant';
import { drop, incrementsIn, replaceNode } from '#mutation/statements';

/**
 * A rework of the install loses the bookkeeping: both increments go, and since the number stays
 * even, every check is satisfied and every cache hits.
 */
export const operator: Operator = {
  name: 'never-increment',
  family: 'order',
  summary: 'All increments of a number are left out of a function that makes several.',
  places: ({ node }) => [
    ...[...Map.groupBy(incrementsIn(node), ({ field }) => field)]
      .filter(([, increments]) => increments.length > 1)
      .map(([field, increments]) => ({
        changes: increments.map((increment) => increment.dropped()),
        description: `${field} never changes`,
      })),
    ...flaggedInstalls(node).map(({ flagged, step, field, number }) => ({
      changes: [replaceNode(flagged, `${field} = ${number};`), drop(step)],
      description: `${field} never changes`,
    })),
  ],
};
