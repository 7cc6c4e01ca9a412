// SPDX-License-Identifier: GPL-2.0-only
// What if a number in the code is larger or smaller by one?

import { Node, SyntaxKind } from 'ts-morph';
import { codeOfKind, isBitTest, operatorOf } from '#mutation/code';
import { neighbours } from '#mutation/fields';
import type { Operator } from '#mutation/mutant';

/**
 * Counted from 0 or from 1, up to or including, the width or the highest bit: there are two answers
 * to each, and shift counts, starts of loops and codes are typed from memory.
 */
export const operator: Operator = {
  name: 'change-literal',
  family: 'general',
  summary: 'A number is larger by one, or smaller.',
  places: ({ node }) =>
    [SyntaxKind.NumericLiteral, SyntaxKind.BigIntLiteral]
      .flatMap((kind) => codeOfKind<SyntaxKind>(node, kind))
      .filter((literal) => !isElsewhere(literal))
      .flatMap(neighbours),
};

/** Is the literal a mask, a test of a flag or an index, which other operators change? */
function isElsewhere(literal: Node): boolean {
  const parent = literal.getParent();
  if (Node.isVariableDeclaration(parent)) {
    return literal.getText().startsWith('0x') || parent.getName().endsWith('_MASK');
  }
  if (Node.isElementAccessExpression(parent)) return true;
  if (!Node.isBinaryExpression(parent)) return false;
  const other = parent.getLeft();
  return literal === other ? /^(<<|>>)$/.test(operatorOf(parent)) : isFlag(other, literal);
}

function isFlag(other: Node, literal: Node): boolean {
  const inner = Node.isParenthesizedExpression(other) ? other.getExpression() : other;
  return /^0n?$/.test(literal.getText()) && Node.isBinaryExpression(inner) && isBitTest(inner);
}
