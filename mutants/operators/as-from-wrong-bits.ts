// SPDX-License-Identifier: GPL-2.0-only
// What if the number of a slot and its address space are not told apart?

import { Node, SyntaxKind } from 'ts-morph';
import { binaries, brief, codeOfKind, integerOf, literalLike } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * Userspace hands over one number of 32 bits: 16 of the slot, and the address space above them.
 * Whoever writes a check for the first address space sees no difference.
 */
export const operator: Operator = {
  name: 'as-from-wrong-bits',
  family: 'flow',
  summary: 'The address space is taken for a part of the number of the slot, or cut off elsewhere.',
  places: ({ node }) => [
    ...codeOfKind(node, SyntaxKind.CallExpression)
      .filter((call) => /^u16\(\w+\.slot\)$/.test(call.getText()))
      .map((call) => ({
        changes: [replaceNode(call, call.getArguments()[0]!.getText())],
        description: `${brief(call)} keeps the address space`,
      })),
    ...binaries(node, '>>', '>>>').flatMap((shift) => {
      const by = shift.getRight();
      if (!/\.slot$/.test(shift.getLeft().getText()) || !Node.isNumericLiteral(by)) return [];
      const fewer = literalLike(by.getText(), integerOf(by.getText()) - 1n);
      const description = `${brief(shift)} is by ${fewer}`;
      return [{ changes: [replaceNode(by, fewer)], description }];
    }),
  ],
};
