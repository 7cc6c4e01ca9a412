// SPDX-License-Identifier: GPL-2.0-only
// What if an old entry is brought up to date without asking the slots?

import { SyntaxKind } from 'ts-morph';
import { codeOfKind } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * The entry says gfn and access, only its number is old; writing the number of now saves a lookup.
 * The number said that the slots were asked. Now it says so of an entry for which they were not.
 */
export const operator: Operator = {
  name: 'remark-without-lookup',
  family: 'flow',
  summary: 'An MMIO SPTE with an old number is tagged with the number of now, and used.',
  places: ({ name, node }) => {
    if (name !== 'handle_mmio_page_fault_common') return [];
    return codeOfKind(node, SyntaxKind.ReturnStatement)
      .filter((statement) => /^return RET_\w*PF_INVALID;$/.test(statement.getText()))
      .map((statement) => ({
        changes: [replaceNode(statement, MARK)],
        description: 'an entry with an old number is tagged anew',
      }));
  },
};

const MARK = 'mark_mmio_spte(vcpu.kvm!, shadow_walk_init(vcpu, addr), gfn, access);';
