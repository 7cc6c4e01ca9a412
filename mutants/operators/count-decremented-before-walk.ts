// SPDX-License-Identifier: GPL-2.0-only
// What if a change by the host is no longer counted while its end still looks at the slots?

import type { Operator } from '#mutation/mutant';
import { callStatements, moveTo, siblings } from '#mutation/statements';

/**
 * The count goes down first, so that an update need not wait for the walk. The walk then may find
 * other slots than that of the start.
 */
export const operator: Operator = {
  name: 'count-decremented-before-walk',
  family: 'locks',
  summary: 'The end of a change by the host is counted before it walks the slots.',
  places: ({ node }) =>
    callStatements(node, /^__kvm_handle_hva_range$/).flatMap(({ statement, callee }) => {
      const all = siblings(statement);
      const [lock, ...rest] = all.slice(all.indexOf(statement) + 1);
      const unlock = rest.find((other) => other.getText().startsWith('spin_unlock('));
      if (!lock?.getText().startsWith('spin_lock(') || unlock === undefined) return [];
      const inside = rest.slice(0, rest.indexOf(unlock)).map((other) => other.getText());
      if (!inside.some((text) => /--;/.test(text))) return [];
      const description = `the count goes down before ${callee}()`;
      return [{ changes: moveTo(statement, unlock), description }];
    }),
};
