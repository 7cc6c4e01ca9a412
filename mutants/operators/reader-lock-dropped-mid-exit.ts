// SPDX-License-Identifier: GPL-2.0-only
// What if a reader leaves its section between its decision and the tag, and enters another one?

import { Node, SyntaxKind } from 'ts-morph';
import { insertAfter } from '#mutation/code';
import type { Operator } from '#mutation/mutant';

/**
 * Something in between may sleep, so the lock is dropped and taken again, as is done with other
 * locks. A whole update fits into the gap, and the tag is then newer than what it vouches for.
 */
export const operator: Operator = {
  name: 'reader-lock-dropped-mid-exit',
  family: 'srcu',
  summary: 'The read-side section of an exit ends after the decision, and a new one begins.',
  places: ({ node }) =>
    node.getDescendantsOfKind(SyntaxKind.CallExpression).flatMap((decision) => {
      const callee = decision.getExpression().getText();
      const statement = decision.getFirstAncestorByKind(SyntaxKind.IfStatement);
      if (!DECISIONS.includes(callee) || !Node.isBlock(statement?.getParent())) return [];
      return [
        {
          changes: [insertAfter(statement, GAP)],
          description: `the read lock is dropped for a moment after ${callee}()`,
          imports: { srcu_read_lock: '#linux/srcu', srcu_read_unlock: '#linux/srcu' },
        },
      ];
    }),
};

const DECISIONS = ['try_async_pf', 'check_mmio_spte'];
const GAP =
  'srcu_read_unlock(vcpu.kvm!.srcu, vcpu.srcu_idx); ' +
  'vcpu.srcu_idx = srcu_read_lock(vcpu.kvm!.srcu);';
