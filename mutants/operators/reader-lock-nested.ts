// SPDX-License-Identifier: GPL-2.0-only
// What if a section is opened twice and closed once?

import { Node, SyntaxKind } from 'ts-morph';
import { insertAfter } from '#mutation/code';
import type { Operator } from '#mutation/mutant';

/**
 * Two patches that each add the missing lock meet in a merge. Sections nest, so nothing fails: but
 * the outer one is never closed, and whoever waits for readers waits for ever.
 */
export const operator: Operator = {
  name: 'reader-lock-nested',
  family: 'srcu',
  summary: 'A read-side section is opened twice and closed once.',
  places: ({ node }) =>
    node.getDescendantsOfKind(SyntaxKind.CallExpression).flatMap((lock) => {
      if (lock.getExpression().getText() !== 'srcu_read_lock') return [];
      const statement = lock.getFirstAncestor(Node.isStatement);
      if (statement === undefined) return [];
      const description = `${lock.getText()} is called twice`;
      return [{ changes: [insertAfter(statement, `${lock.getText()};`)], description }];
    }),
};
