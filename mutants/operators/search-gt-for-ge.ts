// SPDX-License-Identifier: GPL-2.0-only
// What if a search by halves looks for a slot that begins below the gfn?

import { Node } from 'ts-morph';
import { binaries } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { isContainment } from '#mutation/slot-order';
import { replaceNode } from '#mutation/statements';

/**
 * A slot holds its first gfn. Searched for with the wrong comparison, that one gfn leads to the
 * slot below, which does not hold it.
 */
export const operator: Operator = {
  name: 'search-gt-for-ge',
  family: 'containers',
  summary: 'The search does not count the first gfn of a slot as in or above it.',
  places: ({ name, node }) => {
    if (!name.startsWith('search_memslots')) return [];
    return binaries(node, '>=')
      .filter((comparison) => comparison.getLeft().getText() === 'gfn')
      .filter((comparison) => comparison.getFirstAncestor(Node.isIterationStatement) !== undefined)
      .filter((comparison) => !isContainment(comparison))
      .map((comparison) => ({
        changes: [replaceNode(comparison.getOperatorToken(), '>')],
        description: 'the first gfn of a slot counts as below it',
      }));
  },
};
