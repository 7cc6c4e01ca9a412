// SPDX-License-Identifier: GPL-2.0-only
// What if the wrap is handled while readers of the old set are still at work?

import { following } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { callStatements, moveTo, SYNCHRONISE } from '#mutation/statements';

/**
 * The call into the architecture is moved up to the publication, "since the new number is known
 * there". Readers that are not waited for yet can bring back an entry that was just zapped.
 */
export const operator: Operator = {
  name: 'hook-before-sync',
  family: 'order',
  summary: 'The architecture is told of new memslots before the grace period, not after it.',
  places: ({ node }) =>
    callStatements(node, SYNCHRONISE).flatMap((sync) =>
      callStatements(node, /^kvm_arch_memslots_updated$/)
        .filter((hook) => following(sync.statement).includes(hook.statement))
        .map((hook) => ({
          changes: moveTo(hook.statement, sync.statement),
          description: `${hook.callee}() comes before ${sync.callee}()`,
        })),
    ),
};
