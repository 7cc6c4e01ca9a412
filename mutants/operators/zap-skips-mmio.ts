// SPDX-License-Identifier: GPL-2.0-only
// What if only present entries are zapped?

import type { Operator } from '#mutation/mutant';
import { callStatements, replaceNode } from '#mutation/statements';

/**
 * "What is not present maps nothing, so it need not be zapped": true for memory, and exactly wrong
 * for MMIO SPTEs, which are not present and remember something.
 */
export const operator: Operator = {
  name: 'zap-skips-mmio',
  family: 'wrap',
  summary: 'Zapping an entry leaves MMIO SPTEs where they are.',
  places: ({ name, node }) => {
    if (name !== 'mmu_page_zap_pte') return [];
    return callStatements(node, /^drop_spte$/).flatMap(({ statement, call }) => {
      const entry = call.getArguments()[1]?.getText();
      if (entry === undefined) return [];
      const kept = `if (is_shadow_present_pte(${entry}.val)) ${statement.getText()}`;
      const description = 'only present entries are zapped';
      return [{ changes: [replaceNode(statement, kept)], description }];
    });
  },
};
