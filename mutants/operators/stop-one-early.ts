// SPDX-License-Identifier: GPL-2.0-only
// What if a loop ends before the last element?

import { SyntaxKind } from 'ts-morph';
import type { Operator } from '#mutation/mutant';

/**
 * "Up to the last one" is written as `i < n - 1` by who thinks of indexes. The last element is the
 * one that is rarely in use.
 */
export const operator: Operator = {
  name: 'stop-one-early',
  family: 'general',
  summary: 'A loop leaves out the last element.',
  places: ({ node }) =>
    node.getDescendantsOfKind(SyntaxKind.ForStatement).flatMap((loop) => {
      // The bound comes first, with or without another condition behind it.
      const first = /^(\w+) < ([^&|]*[^&|\s])/.exec(loop.getCondition()?.getText() ?? '');
      if (first === null) return [];
      const end = loop.getCondition()!.getStart() + first[0].length;
      const changes = [{ start: end, end, replacement: ' - 1' }];
      return [{ changes, description: `the loop ends before ${first[2]} - 1` }];
    }),
};
