// SPDX-License-Identifier: GPL-2.0-only
// What if a slot is deleted in one step, without being made invalid first?

import { following } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { drop } from '#mutation/statements';
import { invalidInstalls } from '#mutation/updates';

/**
 * Two installs for one deletion look wasteful. The first one keeps readers from mapping the slot
 * again between the flush and its end; without it, such a mapping outlives the slot.
 */
export const operator: Operator = {
  name: 'skip-invalid-install',
  family: 'flow',
  summary: 'A slot is not installed as invalid before it goes away.',
  places: ({ node }) =>
    invalidInstalls(node).map((install) => {
      const reuse = following(install).filter((s) => /^slots = old_memslots;$/.test(s.getText()));
      return {
        changes: [drop(install), ...reuse.map(drop)],
        description: 'the set with the invalid slot is not installed',
      };
    }),
};
