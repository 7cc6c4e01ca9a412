// SPDX-License-Identifier: GPL-2.0-only
// What if the id of a slot is taken for its index?

import { Node, SyntaxKind } from 'ts-morph';
import { codeOfKind } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * In a new VM slot n lies at index n, and it did so for good until slots were sorted. Code from
 * that time is right until a slot moves past another one.
 */
export const operator: Operator = {
  name: 'id-as-index',
  family: 'containers',
  summary: 'A slot is looked for at the index that equals its id.',
  places: ({ node }) =>
    codeOfKind(node, SyntaxKind.ElementAccessExpression)
      .filter((access) => access.getExpression().getText().endsWith('.id_to_index'))
      .flatMap((access) => {
        const read = access.getParent();
        const id = access.getArgumentExpression();
        if (id === undefined || !Node.isNonNullExpression(read)) return [];
        const description = `${id.getText()} is used as the index`;
        return [{ changes: [replaceNode(read, id.getText())], description }];
      }),
};
