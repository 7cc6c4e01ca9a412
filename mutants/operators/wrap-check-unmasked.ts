// SPDX-License-Identifier: GPL-2.0-only
// What if the wrap is looked for in the whole number, and not in the bits that an SPTE holds?

import { SyntaxKind } from 'ts-morph';
import { codeOfKind } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * The memslots have a number, so why ask for "the MMIO generation"? Because 64 bits make the round
 * never, and the bits in an SPTE do.
 */
export const operator: Operator = {
  name: 'wrap-check-unmasked',
  family: 'wrap',
  summary: 'The wrap check looks at all bits of the number.',
  places: ({ name, node }) => {
    if (name !== 'kvm_mmu_invalidate_mmio_sptes') return [];
    return codeOfKind(node, SyntaxKind.CallExpression)
      .filter((call) => call.getExpression().getText() === 'kvm_current_mmio_generation')
      .map((call) => ({
        changes: [replaceNode(call, 'Number(kvm_memslots(kvm).generation)')],
        description: 'the wrap is looked for in all 64 bits of the number',
      }));
  },
};
