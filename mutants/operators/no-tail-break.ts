// SPDX-License-Identifier: GPL-2.0-only
// What if a slot moves on into the unused entries?

import { Node, SyntaxKind } from 'ts-morph';
import type { Operator } from '#mutation/mutant';
import { insertsSlots } from '#mutation/slot-order';
import { drop } from '#mutation/statements';

/**
 * "The comparison ends the loop", which is so for every gfn but 0: unused entries have gfn 0 too,
 * and a slot at gfn 0, or one that is deleted, goes on past them to the end.
 */
export const operator: Operator = {
  name: 'no-tail-break',
  family: 'containers',
  summary: 'The walk towards the tail does not stop at the first unused entry.',
  places: ({ name, node }) => {
    if (!insertsSlots(name)) return [];
    return node.getDescendantsOfKind(SyntaxKind.IfStatement).flatMap((statement) => {
      const isUnused = /\.npages === 0n?$/.test(statement.getExpression().getText());
      if (!isUnused || !Node.isBreakStatement(statement.getThenStatement())) return [];
      return [{ changes: [drop(statement)], description: 'unused entries do not end the walk' }];
    });
  },
};
