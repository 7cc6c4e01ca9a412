// SPDX-License-Identifier: GPL-2.0-only
// What if mappings are flushed before readers know that the slot is invalid?

import { following } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { callStatements, moveTo } from '#mutation/statements';
import { invalidInstalls } from '#mutation/updates';

/**
 * "Clean up first, then take the slot away" sounds orderly. Until the slot is invalid, every reader
 * may map it again behind the flush.
 */
export const operator: Operator = {
  name: 'flush-before-invalid',
  family: 'flow',
  summary: 'The mappings of a slot are flushed before it is installed as invalid.',
  places: ({ node }) =>
    invalidInstalls(node).flatMap((install) =>
      callStatements(node, /^kvm_arch_flush_shadow_/)
        .filter(({ statement }) => following(install).includes(statement))
        .map(({ statement, callee }) => ({
          changes: moveTo(statement, install),
          description: `${callee}() comes before the slot is invalid`,
        })),
    ),
};
