// SPDX-License-Identifier: GPL-2.0-only
// What if the final number is stored while readers of the old set are still at work?

import { flaggedInstalls } from '#mutation/flagged-install';
import type { Operator } from '#mutation/mutant';
import { callStatements, incrementsIn, moveTo, SYNCHRONISE, siblings } from '#mutation/statements';

/**
 * Both increments "belong together", so a clean-up puts them next to each other: the second then no
 * longer waits for the readers whose tags it has to make worthless.
 */
export const operator: Operator = {
  name: 'second-increment-before-sync',
  family: 'order',
  summary: 'An increment that waits for a grace period is made before it.',
  places: ({ node }) =>
    callStatements(node, SYNCHRONISE).flatMap(({ statement, callee }) => {
      const after = siblings(statement).slice(siblings(statement).indexOf(statement) + 1);
      const increments = incrementsIn(node)
        .filter((increment) => after.includes(increment.statement))
        .map((increment) => ({
          changes: moveTo(increment.statement, statement),
          description: `${increment.field} is incremented before ${callee}()`,
        }));
      const stores = flaggedInstalls(node)
        .filter(({ stored }) => after.includes(stored))
        .map(({ stored, field }) => ({
          changes: moveTo(statement, stored),
          description: `${field} has its final number before ${callee}()`,
        }));
      return [...increments, ...stores];
    }),
};
