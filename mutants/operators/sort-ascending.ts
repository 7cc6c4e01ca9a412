// SPDX-License-Identifier: GPL-2.0-only
// What if slots are sorted the other way round?

import { Node, SyntaxKind } from 'ts-morph';
import type { Operator, Place } from '#mutation/mutant';
import { comparesGfns, insertsSlots } from '#mutation/slot-order';
import { replaceNode } from '#mutation/statements';

const TURNED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/**
 * A comparison for sort() is easily written for the wrong direction. Slots without pages then come
 * first, where every walk over the slots takes them for the end. An insertion that is turned round
 * agrees with itself, but not with the search.
 */
export const operator: Operator = {
  name: 'sort-ascending',
  family: 'containers',
  summary: 'The comparison of two slots is turned round.',
  places: ({ name, node }) => {
    const changes = /^cmp_memslot/.test(name)
      ? turnedAnswers(node)
      : insertsSlots(name)
        ? turnedComparisons(node)
        : [];
    return changes.length === 0 ? [] : [{ changes, description: `${name}() is turned round` }];
  },
};

function turnedAnswers(node: Node): Place['changes'] {
  return node.getDescendantsOfKind(SyntaxKind.ReturnStatement).flatMap((statement) => {
    const answer = statement.getExpression();
    if (answer === undefined || answer.getText() === '0') return [];
    const operand = Node.isPrefixUnaryExpression(answer) ? answer.getOperand() : null;
    return [replaceNode(answer, operand?.getText() ?? `-${answer.getText()}`)];
  });
}

function turnedComparisons(node: Node): Place['changes'] {
  return node.getDescendantsOfKind(SyntaxKind.BinaryExpression).flatMap((comparison) =>
    Object.entries(TURNED)
      .filter(([operator]) => comparesGfns(comparison, operator))
      .map(([, turned]) => replaceNode(comparison.getOperatorToken(), turned)),
  );
}
