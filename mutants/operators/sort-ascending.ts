// SPDX-License-Identifier: GPL-2.0-only
// What if slots are sorted the other way round?

import { Node, SyntaxKind } from 'ts-morph';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * A comparison for sort() is easily written for the wrong direction. Slots without pages then come
 * first, where every walk over the slots takes them for the end.
 */
export const operator: Operator = {
  name: 'sort-ascending',
  family: 'containers',
  summary: 'The comparison of two slots is turned round.',
  places: ({ name, node }) => {
    if (!/^cmp_memslot/.test(name)) return [];
    const changes = node.getDescendantsOfKind(SyntaxKind.ReturnStatement).flatMap((statement) => {
      const answer = statement.getExpression();
      if (answer === undefined || answer.getText() === '0') return [];
      const operand = Node.isPrefixUnaryExpression(answer) ? answer.getOperand() : null;
      return [replaceNode(answer, operand?.getText() ?? `-${answer.getText()}`)];
    });
    return changes.length === 0 ? [] : [{ changes, description: `${name}() is turned round` }];
  },
};
