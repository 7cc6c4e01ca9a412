// SPDX-License-Identifier: GPL-2.0-only
// What if a reader takes no read lock?

import { Node, SyntaxKind } from 'ts-morph';
import type { Operator } from '#mutation/mutant';
import { callStatements, drop, replaceNode } from '#mutation/statements';

/**
 * A new path reads the slots, and its author did not know that somebody has to hold the lock, or
 * took it for granted that a caller does. Nobody waits for such a reader: what it reads may be
 * freed.
 */
export const operator: Operator = {
  name: 'reader-lock-missing',
  family: 'srcu',
  summary: 'A read-side section is neither opened nor closed.',
  places: ({ node }) =>
    node.getDescendantsOfKind(SyntaxKind.CallExpression).flatMap((lock) => {
      if (lock.getExpression().getText() !== 'srcu_read_lock') return [];
      const domain = lock.getArguments()[0]?.getText();
      const unlocks = callStatements(node, /^srcu_read_unlock$/)
        .filter(({ call }) => call.getArguments()[0]?.getText() === domain)
        .map(({ statement }) => drop(statement));
      const statement = lock.getFirstAncestor(Node.isStatement);
      const isOnlyLock = Node.isExpressionStatement(statement);
      const opening = isOnlyLock ? drop(statement) : replaceNode(lock, '0');
      return [
        { changes: [opening, ...unlocks], description: `no read lock of ${domain} is taken` },
      ];
    }),
};
