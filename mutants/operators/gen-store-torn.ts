// SPDX-License-Identifier: GPL-2.0-only
// What if the number that readers see is stored in two halves?

import { following } from '#mutation/code';
import { publications } from '#mutation/install';
import type { Operator } from '#mutation/mutant';
import { incrementsIn, replaceNode } from '#mutation/statements';
import { tornStores } from '#mutation/tear';

/**
 * The number has 64 bits and is stored plainly, to a set that readers hold already. A 32-bit host
 * needs two stores for it, and between them the number is one that never was.
 */
export const operator: Operator = {
  name: 'gen-store-torn',
  family: 'memory',
  summary: 'The number of a published set is stored in two halves.',
  places: ({ node }) =>
    publications(node).flatMap(({ statement, object }) =>
      incrementsIn(node)
        .filter((increment) => following(statement).includes(increment.statement))
        .filter((increment) => increment.object === object)
        .flatMap((increment) => {
          const { field } = increment;
          const next = `u64(${field} + ${increment.amount ?? '1n'})`;
          return tornStores(field, next).map(({ half, text }) => ({
            changes: [replaceNode(increment.statement, text)],
            description: `the ${half} half of ${field} is stored first`,
            imports: { u64: '#linux/types' },
          }));
        }),
    ),
};
