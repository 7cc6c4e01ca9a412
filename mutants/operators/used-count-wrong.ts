// SPDX-License-Identifier: GPL-2.0-only
// What if the number of used entries is counted wrongly?

import { Node, SyntaxKind } from 'ts-morph';
import { codeOfKind } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { drop, replaceNode } from '#mutation/statements';

/**
 * A second record of what the entries say. Lookups search as many entries as it says: one too few
 * and the last slot is not found, one too many and the search begins somewhere else.
 */
export const operator: Operator = {
  name: 'used-count-wrong',
  family: 'containers',
  summary: 'The number of used entries is not changed, or in the wrong direction.',
  places: ({ node }) =>
    codeOfKind(node, SyntaxKind.ExpressionStatement).flatMap((statement) => {
      const change = statement.getExpression();
      const isStep = Node.isPostfixUnaryExpression(change) || Node.isPrefixUnaryExpression(change);
      if (!isStep || !change.getOperand().getText().endsWith('.used_slots')) return [];
      const count = change.getOperand().getText();
      const isUp = change.getOperatorToken() === SyntaxKind.PlusPlusToken;
      const turned = replaceNode(change, `${count}${isUp ? '--' : '++'}`);
      return [
        { changes: [drop(statement)], description: `${count} stays as it is` },
        { changes: [turned], description: `${count} goes ${isUp ? 'down' : 'up'}` },
      ];
    }),
};
