// SPDX-License-Identifier: GPL-2.0-only
// What if the set that only marks a slot as invalid keeps the old number?

import { Node } from 'ts-morph';
import type { Operator } from '#mutation/mutant';
import { incrementsIn, replaceNode } from '#mutation/statements';

/**
 * "Nothing has changed yet, the real update comes next": the install without a new slot saves its
 * increments. Two sets that differ then have one number, and it cannot tell them apart.
 */
export const operator: Operator = {
  name: 'no-gen-on-invalid-install',
  family: 'order',
  summary: 'Installing a set that only marks a slot as invalid does not change the number.',
  places: ({ node }) => {
    if (!Node.isFunctionDeclaration(node) || node.getParameter('new_') === undefined) return [];
    const changes = incrementsIn(node)
      .filter(({ field }) => field.endsWith('.generation'))
      .map(({ statement }) => replaceNode(statement, `if (new_ !== null) ${statement.getText()}`));
    if (changes.length === 0) return [];
    return [{ changes, description: 'the number changes only if there is a new slot' }];
  },
};
