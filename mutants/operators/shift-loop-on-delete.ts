// SPDX-License-Identifier: GPL-2.0-only
// What if a deleted slot travels towards the head like one that is made?

import { Node, SyntaxKind } from 'ts-morph';
import type { Operator } from '#mutation/mutant';
import { insertsSlots } from '#mutation/slot-order';
import { replaceNode } from '#mutation/statements';

/**
 * "It has gfn 0 now, so it stays at the end anyway", and the condition goes. But a slot at gfn 0
 * compares equal: the unused entry moves past it, into the used ones.
 */
export const operator: Operator = {
  name: 'shift-loop-on-delete',
  family: 'containers',
  summary: 'The loop that moves a slot towards the head runs for slots without pages too.',
  places: ({ name, node }) => {
    if (!insertsSlots(name)) return [];
    return node.getDescendantsOfKind(SyntaxKind.IfStatement).flatMap((statement) => {
      const [condition, then] = [statement.getExpression(), statement.getThenStatement()];
      const isLoop = then.getDescendants().some(Node.isIterationStatement);
      if (!isLoop || !/\.npages !== 0n?$/.test(condition.getText())) return [];
      const otherwise = statement.getElseStatement();
      const rest = otherwise && ` if (!(${condition.getText()})) ${otherwise.getText()}`;
      return [
        {
          changes: [replaceNode(statement, `${then.getText()}${rest ?? ''}`)],
          description: 'the loop runs for a slot without pages too',
        },
      ];
    });
  },
};
