// SPDX-License-Identifier: GPL-2.0-only
// What if nobody waits for the readers of the old set?

import type { Operator } from '#mutation/mutant';
import { callStatements, drop, SYNCHRONISE } from '#mutation/statements';

/**
 * The wait is slow, so an optimisation takes it out, or an error path forgets it. The old set is
 * freed or written under readers, and their tags outlive the update.
 */
export const operator: Operator = {
  name: 'no-sync',
  family: 'srcu',
  summary: 'A grace period is not waited for.',
  places: ({ node }) =>
    callStatements(node, SYNCHRONISE).map(({ statement, callee }) => ({
      changes: [drop(statement)],
      description: `${callee}() is not called`,
    })),
};
