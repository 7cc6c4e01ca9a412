// SPDX-License-Identifier: GPL-2.0-only
// How does a person miscount the bits of a field? By one, in either direction.

import type { Node } from 'ts-morph';
import { integerOf, literalLike } from './code.ts';
import type { Place } from './mutant.ts';
import { isInteger, replaceNode } from './statements.ts';

/** Each integer literal below a node, made larger by one and, unless it is zero, smaller. */
export function neighboursOfLiterals(node: Node): Place[] {
  return node.getDescendants().filter(isInteger).flatMap(neighbours);
}

/** One literal larger by one and, unless it is zero, smaller. */
export function neighbours(literal: Node): Place[] {
  const text = literal.getText();
  const value = integerOf(text)!;
  return [value + 1n, value - 1n]
    .filter((other) => other >= 0n)
    .map((other) => {
      const replacement = literalLike(text, other);
      const description = `${replacement} stands for ${text}`;
      return { changes: [replaceNode(literal, replacement)], description };
    });
}
