// SPDX-License-Identifier: GPL-2.0-only
// What if a search by halves rounds the wrong way, or leaves an entry out?

import { Node, SyntaxKind } from 'ts-morph';
import type { Operator, Place } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * The three lines of a binary search that everybody gets wrong: where the middle is, and whether
 * the middle itself belongs to the half that is left. Some searches then never end.
 */
export const operator: Operator = {
  name: 'search-mid-rounding',
  family: 'containers',
  summary: 'A search by halves rounds up, or takes the wrong half by one entry.',
  places: ({ name, node }) => {
    if (!name.startsWith('search_memslots')) return [];
    const middles = node
      .getDescendantsOfKind(SyntaxKind.BinaryExpression)
      .filter((it) => /^\(?end - start\)?$/.test(it.getText()))
      .map((it): Place => {
        return {
          changes: [{ start: it.getEnd(), end: it.getEnd(), replacement: ' + 1' }],
          description: 'the middle is rounded up',
        };
      });
    const bounds = node
      .getDescendantsOfKind(SyntaxKind.ExpressionStatement)
      .flatMap((statement): Place[] => {
        const it = statement.getExpression();
        if (!Node.isBinaryExpression(it)) return [];
        if (it.getText() === 'end = slot')
          return [
            {
              changes: [replaceNode(it.getRight(), 'slot - 1')],
              description: 'the middle is left out of the lower half',
            },
          ];
        if (it.getText() === 'start = slot + 1')
          return [
            {
              changes: [replaceNode(it.getRight(), 'slot')],
              description: 'the middle stays in the upper half',
            },
          ];
        return [];
      });
    return [...middles, ...bounds];
  },
};
