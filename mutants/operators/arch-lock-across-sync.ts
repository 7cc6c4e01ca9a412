// SPDX-License-Identifier: GPL-2.0-only
// What if a lock is held across a grace period that readers take inside their sections?

import type { Operator } from '#mutation/mutant';
import { callStatements, moveTo, SYNCHRONISE, siblings } from '#mutation/statements';

/**
 * To drop the lock of the caller in the middle of a function is ugly, so it goes to the end. The
 * update waits for a reader then that waits for the lock.
 */
export const operator: Operator = {
  name: 'arch-lock-across-sync',
  family: 'locks',
  summary: 'A mutex is dropped after the grace period instead of before it.',
  places: ({ node }) =>
    callStatements(node, /^mutex_unlock$/).flatMap(({ statement, call }) => {
      const all = siblings(statement);
      const wait = callStatements(node, SYNCHRONISE).find((it) =>
        all.slice(all.indexOf(statement)).includes(it.statement),
      );
      if (wait === undefined) return [];
      const description = `${call.getText()} comes after ${wait.callee}()`;
      return [{ changes: moveTo(statement, wait.statement), description }];
    }),
};
