// SPDX-License-Identifier: GPL-2.0-only
// What if a slot contains one gfn too many or too few?

import { binaries, brief, operatorOf } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { isContainment } from '#mutation/slot-order';
import { replaceNode } from '#mutation/statements';

/**
 * A slot of n pages ends before base + n. Written with the wrong comparison, the gfn behind it
 * belongs to it too, or its first one does not.
 */
export const operator: Operator = {
  name: 'containment-off-by-one',
  family: 'containers',
  summary: 'The gfn behind a slot is found in it, or its first gfn is not.',
  places: ({ name, node }) => {
    if (!name.startsWith('search_memslots')) return [];
    const swapped: Readonly<Record<string, string>> = { '<': '<=', '>=': '>' };
    return (
      binaries(node, ...Object.keys(swapped))
        .filter((comparison) => comparison.getLeft().getText() === 'gfn')
        // What stands alone halves a search: that is for search-gt-for-ge.
        .filter((comparison) => operatorOf(comparison) === '<' || isContainment(comparison))
        .map((comparison) => ({
          changes: [replaceNode(comparison.getOperatorToken(), swapped[operatorOf(comparison)]!)],
          description: `'${brief(comparison)}' with ${swapped[operatorOf(comparison)]}`,
        }))
    );
  },
};
