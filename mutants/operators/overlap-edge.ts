// SPDX-License-Identifier: GPL-2.0-only
// What if neighbouring slots are taken to overlap?

import { binaries, brief, operatorOf } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * Two ranges that only touch do not overlap. With a strict comparison they do, which nobody notices
 * whose slots have gaps between them.
 */
export const operator: Operator = {
  name: 'overlap-edge',
  family: 'containers',
  summary: 'Slots that touch count as overlapping.',
  places: ({ node }) =>
    binaries(node, '<=', '>=')
      .filter((comparison) => /base_gfn/.test(comparison.getLeft().getText()))
      .filter((comparison) => /\.base_gfn/.test(comparison.getRight().getText()))
      .map((comparison) => ({
        changes: [replaceNode(comparison.getOperatorToken(), operatorOf(comparison)[0]!)],
        description: `'${brief(comparison)}' with ${operatorOf(comparison)[0]}`,
      })),
};
