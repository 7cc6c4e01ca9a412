// SPDX-License-Identifier: GPL-2.0-only
// What if a slot is found to overlap with itself?

import { binaries, brief } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * A slot that moves by less than its length overlaps with its own old place. Without the exception
 * for the same id, userspace is told that something is in the way.
 */
export const operator: Operator = {
  name: 'overlap-exclusion-wrong',
  family: 'containers',
  summary: 'The search for overlapping slots does not leave out the slot itself.',
  places: ({ node }) =>
    binaries(node, '||')
      .filter((either) => /^\w+\.id === \w+\.slot$/.test(either.getRight().getText()))
      .map((either) => ({
        changes: [replaceNode(either, either.getLeft().getText())],
        description: `no exception for '${brief(either.getRight())}'`,
      })),
};
