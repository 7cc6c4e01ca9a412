// SPDX-License-Identifier: GPL-2.0-only
// What if the bit that says "an update is under way" is stored like any other?

import { SyntaxKind } from 'ts-morph';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * `(1 << n) - 2` looks like a slip of the pen for the usual `(1 << n) - 1`, and someone mends it. A
 * number of the window can then be stored, and found equal to itself.
 */
export const operator: Operator = {
  name: 'keep-low-bit',
  family: 'gen',
  summary: 'A mask that leaves out the lowest bit includes it.',
  places: ({ node }) =>
    node.getDescendantsOfKind(SyntaxKind.BinaryExpression).flatMap((expression) => {
      const right = expression.getRight();
      const isDifference = expression.getOperatorToken().getKind() === SyntaxKind.MinusToken;
      const isPower = /^\(?1n? << /.test(expression.getLeft().getText());
      if (!isDifference || !isPower || !/^2n?$/.test(right.getText())) return [];
      const replacement = right.getText().replace('2', '1');
      return [{ changes: [replaceNode(right, replacement)], description: 'the low bit is kept' }];
    }),
};
