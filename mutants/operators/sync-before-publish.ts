// SPDX-License-Identifier: GPL-2.0-only
// What if the grace period is over before the new set is visible?

import type { Operator } from '#mutation/mutant';
import { callStatements, moveTo, PUBLISH, SYNCHRONISE, siblings } from '#mutation/statements';

/**
 * "Wait for the readers, then replace": right for a lock, wrong for SRCU. Readers that come after
 * the wait still find the old set.
 */
export const operator: Operator = {
  name: 'sync-before-publish',
  family: 'srcu',
  summary: 'The grace period is waited for before the set is published.',
  places: ({ node }) =>
    callStatements(node, PUBLISH).flatMap((publish) => {
      const all = siblings(publish.statement);
      const after = all.slice(all.indexOf(publish.statement) + 1);
      return callStatements(node, SYNCHRONISE)
        .filter((sync) => after.includes(sync.statement))
        .map((sync) => ({
          changes: moveTo(sync.statement, publish.statement),
          description: `${sync.callee}() comes before ${publish.callee}()`,
        }));
    }),
};
