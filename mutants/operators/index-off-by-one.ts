// SPDX-License-Identifier: GPL-2.0-only
// What if the next element of an array is taken?

import { SyntaxKind } from 'ts-morph';
import { brief, codeOfKind } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/** Insertions, deletions and searches all use "the one before" and "the one after". */
export const operator: Operator = {
  name: 'index-off-by-one',
  family: 'general',
  summary: 'The element behind the right one is read or written.',
  places: ({ node }) =>
    codeOfKind(node, SyntaxKind.ElementAccessExpression).flatMap((access) => {
      const index = access.getArgumentExpression();
      if (index === undefined) return [];
      const description = `the element behind ${brief(access)}`;
      return [{ changes: [replaceNode(index, `${index.getText()} + 1`)], description }];
    }),
};
