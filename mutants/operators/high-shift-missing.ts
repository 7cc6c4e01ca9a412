// SPDX-License-Identifier: GPL-2.0-only
// What if the high bits of the generation are not shifted down before they are shifted up?

import { binaries, brief } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * Two shifts in one line look like one too many. Without the inner one the high bits land above
 * their field, or outside of the word, and only a number beyond the low field shows it.
 */
export const operator: Operator = {
  name: 'high-shift-missing',
  family: 'bits',
  summary: 'The high bits of the generation are not shifted by the width of the low ones.',
  places: ({ node }) =>
    binaries(node, '<<', '>>')
      .filter((shift) => /^(BigInt\()?MMIO_GEN_LOW_SHIFT\(\)\)?$/.test(shift.getRight().getText()))
      .filter((shift) => !/^1n?$/.test(shift.getLeft().getText()))
      .map((shift) => ({
        changes: [replaceNode(shift, shift.getLeft().getText())],
        description: `${brief(shift.getLeft())} is not shifted by the width of the low field`,
      })),
};
