// SPDX-License-Identifier: GPL-2.0-only
// What if a lookup that finds nothing is remembered as well?

import { Node } from 'ts-morph';
import type { Operator } from '#mutation/mutant';
import { callStatements, replaceNode } from '#mutation/statements';

/**
 * What was found last is a hint: it is tried first, and believed only if it fits. So it seems not
 * to matter when it is written, as long as it lies in the array.
 */
export const operator: Operator = {
  name: 'last-used-stored-on-miss',
  family: 'containers',
  summary: 'The entry where the search ended is remembered though the gfn is not in it.',
  places: ({ name, node }) => {
    if (!name.startsWith('search_memslots')) return [];
    return callStatements(node, /^(atomic_set|WRITE_ONCE)$/).flatMap(({ statement }) => {
      const condition = statement.getFirstAncestor(Node.isIfStatement);
      if (condition === undefined) return [];
      const text = condition.getText();
      const [from, to] = [statement.getStart(), statement.getEnd()];
      const start = condition.getStart();
      const rest = text.slice(0, from - start) + text.slice(to - start);
      return [
        {
          changes: [replaceNode(condition, `${statement.getText()} ${rest}`)],
          description: 'the end of every search is remembered',
        },
      ];
    });
  },
};
