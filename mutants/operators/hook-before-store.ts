// SPDX-License-Identifier: GPL-2.0-only
// What if the wrap is looked for before the final number is stored?

import type { Operator } from '#mutation/mutant';
import { callStatements, incrementsIn, moveTo, siblings } from '#mutation/statements';

/**
 * Right where the hook is handed the new number; here it reads the published set. It sees the odd
 * number of the window, and the number that makes the round is never seen.
 */
export const operator: Operator = {
  name: 'hook-before-store',
  family: 'order',
  summary: 'The architecture is told of new memslots before they have their final number.',
  places: ({ node }) =>
    callStatements(node, /^kvm_arch_memslots_updated$/).flatMap(({ statement, callee }) => {
      const all = siblings(statement);
      const last = incrementsIn(node).findLast((increment) =>
        all.slice(0, all.indexOf(statement)).includes(increment.statement),
      );
      if (last === undefined) return [];
      const description = `${callee}() comes before the last increment of ${last.field}`;
      return [{ changes: moveTo(statement, last.statement), description }];
    }),
};
