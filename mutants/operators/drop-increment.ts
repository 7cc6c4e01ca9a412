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
  summary: 'A field is not incremented where it should be.',
  places: ({ node }) =>
    incrementsIn(node).map((increment) => ({
      changes: [increment.dropped()],
      description: `${increment.field} is not incremented`,
    })),
};
