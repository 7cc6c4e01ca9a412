// SPDX-License-Identifier: GPL-2.0-only
// What if one increment of a counter is left out?

import type { Operator } from '#mutation/mutant';
import { incrementsIn } from '#mutation/statements';

/**
 * A person merges two branches, or "removes the redundant second increment", and one of the places
 * that must advance a number no longer does. The first increment of install_new_memslots() is what
 * shows that an update is under way, the second is what makes a number of the window worthless.
 */
export const operator: Operator = {
  name: 'drop-increment',
  family: 'order',
  summary: 'A field is not incremented where it should be.',
  places: ({ node }) =>
    incrementsIn(node)
      // Nothing in a kernel depends on a statistic; the machine around a port reads some to see
      // what happened, so a mutant would bend the verdict instead of being judged.
      .filter((increment) => !/\bstat\b/.test(increment.object))
      .map((increment) => ({
        changes: [increment.dropped()],
        description: `no increment in '${increment.statement.getText()}'`,
      })),
};
