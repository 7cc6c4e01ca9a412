// SPDX-License-Identifier: GPL-2.0-only
// What if a set is published by a plain store?

import { publications } from '#mutation/install';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * `kvm->memslots = slots` compiles and runs. Without the release, the stores that filled the set
 * may become visible after the pointer to it. Only a memory model with store buffers can show it.
 */
export const operator: Operator = {
  name: 'publish-plain',
  family: 'memory',
  summary: 'A pointer is published by a plain store, which orders nothing.',
  places: ({ node }) =>
    publications(node).map(({ statement, field, object }) => ({
      changes: [replaceNode(statement, `${field} = ${object};`)],
      description: `${field} is stored without release`,
    })),
};
