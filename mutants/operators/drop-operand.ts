// SPDX-License-Identifier: GPL-2.0-only
// What if one operand of an expression is missing?

import { type BinaryExpression, Node } from 'ts-morph';
import { binaries, brief, isBitTest, operatorOf } from '#mutation/code';
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
      droppable(expression).map(({ dropped, kept }) => ({
        changes: [replaceNode(expression, kept.getText())],
        description: `no ${brief(dropped)} in '${brief(expression)}'`,
      })),
    ),
};

/** Operands that may be missing, each with what is left. */
function droppable(expression: BinaryExpression): Operands[] {
  const [left, right] = [expression.getLeft(), expression.getRight()];
  const both: Operands[] = [
    { dropped: left, kept: right },
    { dropped: right, kept: left },
  ];
  const operator = operatorOf(expression);
  if (operator === '&&' || operator === '||') return both.filter(({ dropped }) => isCall(dropped));
  // Without the value, a test of a flag is one that is always true, or false.
  return HAS_COUNT.includes(operator) || isBitTest(expression) ? both.slice(1) : both;
}

interface Operands {
  readonly dropped: Node;
  readonly kept: Node;
}

/** Operators whose right operand alone means nothing. */
const HAS_COUNT = ['-', '<<', '>>'];

/** A comparison that is dropped is the same as one that is always true, or false. */
function isCall(condition: Node): boolean {
  if (Node.isPrefixUnaryExpression(condition)) return isCall(condition.getOperand());
  return Node.isCallExpression(condition) || Node.isIdentifier(condition);
}
