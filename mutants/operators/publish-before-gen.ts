// SPDX-License-Identifier: GPL-2.0-only
// What if the set is visible before it carries its new number?

import { flaggedInstalls } from '#mutation/flagged-install';
import { publications } from '#mutation/install';
import type { Operator } from '#mutation/mutant';
import { incrementsIn, moveTo, siblings } from '#mutation/statements';

/**
 * The number is advanced "when the set is installed", so the line ends up behind the publication:
 * for a moment readers of the new set see the number of the old one.
 */
export const operator: Operator = {
  name: 'publish-before-gen',
  family: 'order',
  summary: 'The number of a set is advanced after the set is published.',
  places: ({ node }) => [
    ...flaggedInstalls(node).map(({ flagged, publish, field }) => ({
      changes: moveTo(flagged, publish),
      description: `${field} gets its flag after it is published`,
    })),
    ...publications(node).flatMap(({ statement, object }) => {
      const all = siblings(statement);
      const before = all.slice(0, all.indexOf(statement));
      return incrementsIn(node)
        .filter((increment) => before.includes(increment.statement))
        .filter((increment) => increment.object === object)
        .map((increment) => ({
          changes: moveTo(increment.statement, statement),
          description: `${increment.field} is incremented after ${object} is published`,
        }));
    }),
  ],
};
