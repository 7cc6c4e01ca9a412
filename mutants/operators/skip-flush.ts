// SPDX-License-Identifier: GPL-2.0-only
// What if the mappings of a slot outlive the slot?

import type { Operator } from '#mutation/mutant';
import { callStatements, drop } from '#mutation/statements';

/**
 * Flushing all shadow pages is expensive, and tests that only create slots never miss it. A deleted
 * or moved slot stays mapped in the guest.
 */
export const operator: Operator = {
  name: 'skip-flush',
  family: 'flow',
  summary: 'The mappings of a deleted or moved slot are not removed.',
  places: ({ node }) =>
    callStatements(node, /^kvm_arch_flush_shadow_/).map(({ statement, callee }) => ({
      changes: [drop(statement)],
      description: `${callee}() is not called`,
    })),
};
