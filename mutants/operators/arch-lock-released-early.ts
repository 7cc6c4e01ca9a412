// SPDX-License-Identifier: GPL-2.0-only
// What if the lock of the arch fields is dropped before the copy of them is published?

import type { Operator } from '#mutation/mutant';
import { callStatements, moveTo, PUBLISH, siblings } from '#mutation/statements';

/**
 * All fields are copied, so the lock seems to have done its work. Who takes it now writes to the
 * slot that is about to be replaced.
 */
export const operator: Operator = {
  name: 'arch-lock-released-early',
  family: 'locks',
  summary: 'A mutex is dropped before the publication that it covers.',
  places: ({ node }) =>
    callStatements(node, /^mutex_unlock$/).flatMap(({ statement, call }) => {
      const all = siblings(statement);
      const publish = callStatements(node, PUBLISH).find((it) =>
        all.slice(0, all.indexOf(statement)).includes(it.statement),
      );
      if (publish === undefined) return [];
      const description = `${call.getText()} comes before ${publish.callee}()`;
      return [{ changes: moveTo(statement, publish.statement), description }];
    }),
};
