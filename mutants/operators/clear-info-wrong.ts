// SPDX-License-Identifier: GPL-2.0-only
// What if forgetting an address clears nothing, or too much?

import { SyntaxKind } from 'ts-morph';
import { statementsIn } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { drop } from '#mutation/statements';

/**
 * Clearing compares with the cached address, unless all is to go: a condition with a negation in
 * each half. Without it every flush empties the cache; without the store no flush does.
 */
export const operator: Operator = {
  name: 'clear-info-wrong',
  family: 'flow',
  summary: 'Clearing the MMIO cache of a vCPU clears nothing, or whatever is cached.',
  places: ({ name, node }) => {
    if (name !== 'vcpu_clear_mmio_info') return [];
    return statementsIn(node)
      .filter((statement) => statement.getParent()?.getParent() === node)
      .map((statement) => {
        const isGuard = statement.getKind() === SyntaxKind.IfStatement;
        const description = isGuard ? 'whatever is cached is cleared' : 'nothing is cleared';
        return { changes: [drop(statement)], description };
      });
  },
};
