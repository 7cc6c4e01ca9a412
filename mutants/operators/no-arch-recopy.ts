// SPDX-License-Identifier: GPL-2.0-only
// What if arch fields are not read again after their lock was let go?

import type { Operator } from '#mutation/mutant';
import { callStatements, drop, siblings } from '#mutation/statements';

/**
 * The fields were copied a moment ago, under the same lock. But the lock was dropped in between,
 * for the grace period, and others may have written.
 */
export const operator: Operator = {
  name: 'no-arch-recopy',
  family: 'locks',
  summary: 'Arch fields are not copied again after their lock is taken again.',
  places: ({ node }) =>
    callStatements(node, /^assign$/)
      .filter(({ call }) => /^assign\(\w+!?\.arch, \w+!?\.arch\)$/.test(call.getText()))
      .filter(({ statement }) => {
        const all = siblings(statement);
        const before = all[all.indexOf(statement) - 1];
        return before?.getText().startsWith('mutex_lock(') ?? false;
      })
      .map(({ statement, call }) => ({
        changes: [drop(statement)],
        description: `${call.getText()} is left out`,
      })),
};
