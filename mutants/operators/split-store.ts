// SPDX-License-Identifier: GPL-2.0-only
// What if an SPTE is stored in two halves?

import { binaries, brief } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';
import { tornStores } from '#mutation/tear';

/**
 * "A store to a u64 is atomic" holds on one kind of host. On the other, hardware and lockless
 * readers can find the new half of an entry beside the old one.
 */
export const operator: Operator = {
  name: 'split-store',
  family: 'general',
  summary: 'A 64-bit word that others read without a lock is stored in two halves.',
  places: ({ node }) =>
    binaries(node, '=')
      .filter((store) => store.getLeft().getText().endsWith('.val'))
      .flatMap((store) =>
        tornStores(store.getLeft().getText(), store.getRight().getText()).map(({ half, text }) => ({
          changes: [replaceNode(store.getParentOrThrow(), text)],
          description: `'${brief(store)}' stores the ${half} half first`,
        })),
      ),
};
