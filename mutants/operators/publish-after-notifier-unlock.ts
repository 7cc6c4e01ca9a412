// SPDX-License-Identifier: GPL-2.0-only
// What if a set is published after the spinlock is dropped under which nobody changes memory?

import type { Operator } from '#mutation/mutant';
import { callStatements, moveTo, PUBLISH, siblings } from '#mutation/statements';

/**
 * The lock protects the count, so it is held for the count alone. A change by the host may begin
 * right before the publication then, and end after it.
 */
export const operator: Operator = {
  name: 'publish-after-notifier-unlock',
  family: 'locks',
  summary: 'A set is published after the lock is dropped that its condition was tested under.',
  places: ({ node }) =>
    callStatements(node, PUBLISH).flatMap(({ statement }) => {
      const all = siblings(statement);
      const next = all[all.indexOf(statement) + 1];
      const unlock = callStatements(node, /^spin_unlock$/).find((it) => it.statement === next);
      if (unlock === undefined) return [];
      const description = 'the set is published after spin_unlock()';
      return [{ changes: moveTo(statement, unlock.statement), description }];
    }),
};
