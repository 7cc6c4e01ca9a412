// SPDX-License-Identifier: GPL-2.0-only
// What if the number that readers see is biased, so that even ones look odd?

import { binaries } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * The bias that brings the first wrap near is kept, or put back "to have the wrap tested". It is
 * odd: every number at rest looks as if an update were under way, and the other way round.
 */
export const operator: Operator = {
  name: 'parity-bias',
  family: 'gen',
  summary: 'Readers of the number add an odd bias to it.',
  places: ({ node }) =>
    binaries(node, '&')
      .map((expression) => expression.getLeft())
      .filter((number) => number.getText().endsWith('.generation'))
      .map((number) => ({
        changes: [replaceNode(number, `(${number.getText()} + BigInt(MMIO_GEN_MASK() - 150))`)],
        description: `${number.getText()} is biased by MMIO_GEN_MASK() - 150`,
      })),
};
