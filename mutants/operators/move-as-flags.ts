// SPDX-License-Identifier: GPL-2.0-only
// What if moving a slot is taken for a change of its flags?

import { SyntaxKind } from 'ts-morph';
import { codeOfKind } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * Both leave the memory where it is, and only a change of flags needs no flush. A moved slot stays
 * mapped at its old place, and may overlap at its new one.
 */
export const operator: Operator = {
  name: 'move-as-flags',
  family: 'flow',
  summary: 'A slot that moves is handled as one whose flags change.',
  places: ({ node }) =>
    codeOfKind(node, SyntaxKind.BinaryExpression)
      .filter((assignment) => assignment.getText() === 'change = KVM_MR_MOVE')
      .map((assignment) => ({
        changes: [replaceNode(assignment.getRight(), 'KVM_MR_FLAGS_ONLY')],
        description: 'a move is handled as KVM_MR_FLAGS_ONLY',
      })),
};
