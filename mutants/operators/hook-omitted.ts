// SPDX-License-Identifier: GPL-2.0-only
// What if nobody looks whether the generation has wrapped?

import type { Operator } from '#mutation/mutant';
import { callStatements, drop } from '#mutation/statements';

/**
 * The call into the architecture looks like a formality that other architectures leave empty. On
 * x86 it is what zaps the MMIO SPTEs before their numbers are used again.
 */
export const operator: Operator = {
  name: 'hook-omitted',
  family: 'order',
  summary: 'The architecture is not told of new memslots, so a wrap of the number is not handled.',
  places: ({ node }) =>
    callStatements(node, /^kvm_arch_memslots_updated$/).map(({ statement, callee }) => ({
      changes: [drop(statement)],
      description: `${callee}() is not called`,
    })),
};
