// SPDX-License-Identifier: GPL-2.0-only
// What if fewer bits are compared than the wrap check counts with?

import { binaries } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * A field is made narrower to gain bits for something else, and the wrap check is forgotten. Old
 * tags match again long before anybody drops them.
 */
export const operator: Operator = {
  name: 'narrow-g-wide-wrap-check',
  family: 'wrap',
  summary: 'Only the low bits of a tag are compared, but the wrap check covers all.',
  places: ({ name, node }) => {
    if (name !== 'check_mmio_spte') return [];
    const isFlagged = node.getText().includes('MMIO_SPTE_GEN_MASK()');
    const mask = isFlagged ? '(MMIO_SPTE_GEN_MASK() >> 1n)' : 'MMIO_GEN_LOW_MASK()';
    return binaries(node, '===').map((comparison) => {
      const low = (text: string) => `(${text} & ${mask})`;
      const [left, right] = [comparison.getLeft().getText(), comparison.getRight().getText()];
      return {
        changes: [replaceNode(comparison, `${low(left)} === ${low(right)}`)],
        description: 'only the low bits of the numbers are compared',
      };
    });
  },
};
