// SPDX-License-Identifier: GPL-2.0-only
// What if the set that readers use is the one that is changed?

import { SyntaxKind } from 'ts-morph';
import type { Operator } from '#mutation/mutant';
import { callStatements, PUBLISH, replaceNode } from '#mutation/statements';

/**
 * "The slots of this address space" are one call away, the spare set is two. One thread alone sees
 * no difference before the next swap; readers meet trees that are being changed.
 */
export const operator: Operator = {
  name: 'update-active-set',
  family: 'containers',
  summary: 'The published set of slots is changed instead of the spare one.',
  places: ({ node }) =>
    // Whoever publishes the set must publish the other one: that would be another bug.
    callStatements(node, PUBLISH).length > 0
      ? []
      : node
          .getDescendantsOfKind(SyntaxKind.CallExpression)
          .map((call) => call.getExpression())
          .filter((callee) => callee.getText() === 'kvm_get_inactive_memslots')
          .map((callee) => ({
            changes: [replaceNode(callee, '__kvm_memslots')],
            description: 'the published set is changed',
          })),
};
