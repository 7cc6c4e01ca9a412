// SPDX-License-Identifier: GPL-2.0-only
// What if a mask begins or ends one bit beside its place?

import { Node } from 'ts-morph';
import { integerOf, literalLike } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { isInteger, replaceNode } from '#mutation/statements';

/**
 * Masks are typed by hand, from a table in a manual, digit by digit. A bit too many belongs to
 * somebody else, a bit too few is lost.
 */
export const operator: Operator = {
  name: 'mask-edge-off-by-one',
  family: 'bits',
  summary: 'A constant mask has a bit too many or too few at an end; a single bit is another one.',
  places: ({ name, node }) => {
    if (!Node.isVariableDeclaration(node)) return [];
    const literal = node.getInitializer();
    if (literal === undefined || !isInteger(literal)) return [];
    const text = literal.getText();
    if (!text.startsWith('0x') && !name.endsWith('_MASK')) return [];
    return besides(integerOf(text)).map((value) => ({
      changes: [replaceNode(literal, literalLike(text, value))],
      description: `${name} is 0x${value.toString(16)}`,
    }));
  },
};

/** The same run of bits with either end moved by one bit, or a single bit moved as a whole. */
function besides(mask: bigint): bigint[] {
  const low = mask & -mask;
  const above = mask + low;
  if (mask === 0n || (mask & above) !== 0n) return [];
  const moved =
    mask === low
      ? [mask << 1n, mask >> 1n]
      : [mask | above, mask & ~(above >> 1n), mask | (low >> 1n), mask & ~low];
  return moved.filter((value) => value !== mask && value !== 0n && value < 1n << 64n);
}
