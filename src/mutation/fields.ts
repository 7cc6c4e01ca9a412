// SPDX-License-Identifier: GPL-2.0-only
// How does a person miscount the bits of a field? By one, in either direction.

import type { Node } from 'ts-morph';
import { brief, integerOf, literalLike } from './code.ts';
import type { Place } from './mutant.ts';
import { isInteger, replaceNode } from './statements.ts';

const ONE = BigInt(1);

/** Each integer literal below a node, made larger by one and, unless it is zero, smaller. */
export function neighboursOfLiterals(node: Node): Place[] {
  return [node, ...node.getDescendants()].filter(isInteger).flatMap(neighbours);
}

/** One literal larger by one and, unless it is zero, smaller. */
export function neighbours(literal: Node): Place[] {
  const text = literal.getText();
  const value = integerOf(text);
  return [value + ONE, value - ONE]
    .filter((other) => other >= 0)
    .map((other) => {
      const replacement = literalLike(text, other);
      const description = `${replacement} for ${text} in '${brief(literal.getParentOrThrow())}'`;
      return { changes: [replaceNode(literal, replacement)], description };
    });
}
