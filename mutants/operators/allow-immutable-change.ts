// SPDX-License-Identifier: GPL-2.0-only
// What if userspace may change what a slot must keep for life?

import { binaries, brief, operandsOf, withoutOperand } from '#mutation/code';
import type { Operator } from '#mutation/mutant';

/**
 * An address, a size and "read-only" cannot change under a guest that has the slot mapped. A check
 * that is dropped is missed by nobody: well-behaved programs never fail it.
 */
export const operator: Operator = {
  name: 'allow-immutable-change',
  family: 'flow',
  summary: 'A change of the address, the size or the access of a slot is not refused.',
  places: ({ node }) =>
    binaries(node, '||')
      .filter((chain) => /^mem\.userspace_addr !== old\./.test(chain.getText()))
      .filter((chain) => chain.getParent()?.getKind() !== chain.getKind())
      .map(operandsOf)
      .flatMap((checks) =>
        checks.map((check) => ({
          changes: [withoutOperand(checks, check)],
          description: `'${brief(check)}' is not refused`,
        })),
      ),
};
