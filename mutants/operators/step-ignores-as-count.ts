// SPDX-License-Identifier: GPL-2.0-only
// What if an install adds one to the number, however many address spaces there are?

import { flaggedInstalls } from '#mutation/flagged-install';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * The next number is the number plus one. With two address spaces it belongs to the other one: what
 * was found out in one of them is taken for valid in the other.
 */
export const operator: Operator = {
  name: 'step-ignores-as-count',
  family: 'gen',
  summary: 'An install adds 1 to the number instead of the count of address spaces.',
  places: ({ node }) =>
    flaggedInstalls(node).map(({ step, number }) => ({
      changes: [replaceNode(step, `${number} += 1n;`)],
      description: `${number} grows by 1`,
    })),
};
