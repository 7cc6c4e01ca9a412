// SPDX-License-Identifier: GPL-2.0-only
// What if bits are used that a mask should have taken away?

import { Node, SyntaxKind } from 'ts-morph';
import { isBitTest } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { drop, replaceNode } from '#mutation/statements';

/**
 * The mask "cannot matter, those bits are zero anyway". They are, until a number wraps, a mode is
 * shown in them, or another field of the same word begins there.
 */
export const operator: Operator = {
  name: 'drop-mask',
  family: 'bits',
  summary: 'A value is used without its mask.',
  places: ({ node }) =>
    node.getDescendantsOfKind(SyntaxKind.BinaryExpression).flatMap((expression) => {
      const [left, right] = [expression.getLeft(), expression.getRight()];
      const operator = expression.getOperatorToken().getKind();
      const description = `${oneLine(left)} is used without the mask ${oneLine(right)}`;
      if (operator === SyntaxKind.AmpersandToken && !isBitTest(expression)) {
        return [{ changes: [replaceNode(expression, left.getText())], description }];
      }
      if (operator !== SyntaxKind.AmpersandEqualsToken) return [];
      const statement = expression.getParent();
      if (!Node.isExpressionStatement(statement)) return [];
      return [{ changes: [drop(statement)], description }];
    }),
};

function oneLine(node: Node): string {
  return node.getText().replace(/\s+/g, ' ');
}
