// SPDX-License-Identifier: GPL-2.0-only
// What if the wrap is looked for one number beside the right one?

import { binaries, operatorOf } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * Does it wrap at the largest number or after it, and is the check made before or after the
 * increment? Each release answered differently; who ports the line without its neighbours is wrong
 * by one.
 */
export const operator: Operator = {
  name: 'wrap-threshold-off-by-one',
  family: 'wrap',
  summary: 'The number at which old entries are dropped is wrong by one.',
  places: ({ name, node }) => {
    if (name !== 'kvm_mmu_invalidate_mmio_sptes') return [];
    // Numbers of flagged eras are wide, and the next one at rest is two away.
    return binaries(node, '===', '>=').flatMap((comparison) => {
      const [left, right] = [comparison.getLeft().getText(), comparison.getRight().getText()];
      const others =
        operatorOf(comparison) === '>='
          ? [`> ${right}`, `=== ${right}`, `>= ${right} - 1`]
          : right === '0n'
            ? ['=== 2n', '=== MMIO_SPTE_GEN_MASK()']
            : ['=== 1', '=== MMIO_GEN_MASK()', '>= MMIO_GEN_MASK()'];
      return others.map((other) => ({
        changes: [replaceNode(comparison, `${left} ${other}`)],
        description: `old entries are dropped at a number ${other}`,
      }));
    });
  },
};
