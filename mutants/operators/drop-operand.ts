// SPDX-License-Identifier: GPL-2.0-only
// What if one operand of an expression is missing?

import { type BinaryExpression, Node } from 'ts-morph';
import { binaries, brief, operatorOf } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * A field is added to a word and forgotten in one of the places that build it; a rework loses half
 * of a sum, or a condition that was a call.
 */
export const operator: Operator = {
  name: 'drop-operand',
  family: 'general',
  summary: 'One operand of a sum, a mask, a shift or a condition is left out.',
  places: ({ node }) =>
    binaries(node, '+', '-', '*', '&', '|', '^', '<<', '>>', '&&', '||').flatMap((expression) =>
      droppable(expression).map(([dropped, kept]) => ({
        changes: [replaceNode(expression, kept.getText())],
        description: `no ${brief(dropped)} in '${brief(expression)}'`,
      })),
    ),
};

/** Operands that may be missing, each with what is left. */
function droppable(expression: BinaryExpression): [dropped: Node, kept: Node][] {
  const [left, right] = [expression.getLeft(), expression.getRight()];
  switch (operatorOf(expression)) {
    case '&&':
    case '||':
      return (
        [
          [left, right],
          [right, left],
        ] as [Node, Node][]
      ).filter(([one]) => isCall(one));
    case '-':
    case '<<':
    case '>>':
      return [[right, left]];
    default:
      return [
        [left, right],
        [right, left],
      ];
  }
}

/** A comparison that is dropped is the same as one that is always true, or false. */
function isCall(condition: Node): boolean {
  if (Node.isPrefixUnaryExpression(condition)) return isCall(condition.getOperand());
  return Node.isCallExpression(condition) || Node.isIdentifier(condition);
}
