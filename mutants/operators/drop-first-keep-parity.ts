// SPDX-License-Identifier: GPL-2.0-only
// What if the number stays the same until the update is over, and then makes both steps at once?

import { flaggedInstalls } from '#mutation/flagged-install';
import { incrementPairs } from '#mutation/install';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * "The first increment is not strictly necessary": the number after the update is right and even,
 * so everything looks well at rest. While the update is under way it does not show.
 */
export const operator: Operator = {
  name: 'drop-first-keep-parity',
  family: 'order',
  summary: 'The set is published with the old number, which is advanced twice at the end.',
  places: ({ node }) => [
    ...incrementPairs(node).map(({ first, second, both }) => ({
      changes: [first.dropped(), second.withAmount(both)],
      description: `${first.field} is published unchanged and advanced by ${both} at the end`,
    })),
    ...flaggedInstalls(node).map(({ flagged, field, number }) => ({
      changes: [replaceNode(flagged, `${field} = ${number};`)],
      description: `${field} is published without the flag`,
    })),
  ],
};
