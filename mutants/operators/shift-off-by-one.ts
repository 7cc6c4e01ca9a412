// SPDX-License-Identifier: GPL-2.0-only
// What if a computed shift count is wrong by one?

import { Node } from 'ts-morph';
import { binaries, brief } from '#mutation/code';
import type { Change, Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * A width is the number of bits, or the highest bit? A shift by it that is meant the other way is
 * wrong by one, in one place of several.
 */
export const operator: Operator = {
  name: 'shift-off-by-one',
  family: 'general',
  summary: 'A value is shifted by one bit more or less than was computed.',
  places: ({ node }) =>
    binaries(node, '<<', '>>').flatMap((shift) =>
      ['+', '-'].flatMap((sign) => {
        const change = countWith(shift.getRight(), sign);
        if (change === null) return [];
        const description = `'${brief(shift)}' by one bit ${sign === '+' ? 'more' : 'less'}`;
        return [{ changes: [change], description }];
      }),
    ),
};

/** The count and one; null if it is a literal or of a kind that cannot be told. */
function countWith(count: Node, sign: string): Change | null {
  if (!Node.isCallExpression(count)) return null;
  if (count.getExpression().getText() === 'BigInt') {
    const inner = count.getArguments()[0];
    return inner === undefined ? null : replaceNode(inner, `${inner.getText()} ${sign} 1`);
  }
  const one = ONES[resultOf(count.getExpression().getText(), count) ?? ''];
  return one === undefined ? null : replaceNode(count, `(${count.getText()} ${sign} ${one})`);
}

const ONES: Readonly<Record<string, string>> = { number: '1', bigint: '1n' };

/** What a function of the same file says that it returns. */
function resultOf(name: string, node: Node): string | undefined {
  return node.getSourceFile().getFunction(name)?.getReturnTypeNode()?.getText();
}
