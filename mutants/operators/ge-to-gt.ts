// SPDX-License-Identifier: GPL-2.0-only
// What if a slot does not move past an entry that compares equal?

import { Node, SyntaxKind } from 'ts-morph';
import type { Operator } from '#mutation/mutant';
import { comparesGfns, insertsSlots } from '#mutation/slot-order';
import { replaceNode } from '#mutation/statements';

/**
 * Two slots never begin at one gfn, so `>` seems to say the same as `>=`. But unused entries have
 * gfn 0, like a slot at gfn 0, and such a slot then stays behind them.
 */
export const operator: Operator = {
  name: 'ge-to-gt',
  family: 'containers',
  summary: 'A slot moves past entries that are smaller, and not past those that are equal.',
  places: ({ name, node }) => {
    if (!insertsSlots(name)) return [];
    return node
      .getDescendantsOfKind(SyntaxKind.BinaryExpression)
      .filter((comparison) => comparesGfns(comparison, '>='))
      .filter((comparison) => comparison.getFirstAncestor(Node.isIterationStatement) !== undefined)
      .map((comparison) => ({
        changes: [replaceNode(comparison.getOperatorToken(), '>')],
        description: 'entries of the same gfn are not passed',
      }));
  },
};
