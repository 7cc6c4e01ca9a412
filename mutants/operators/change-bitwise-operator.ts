// SPDX-License-Identifier: GPL-2.0-only
// What if bits are combined or shifted the wrong way?

import { binaries, brief, operatorOf } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * `&` for `|` and `<<` for `>>`: next to each other on the keyboard, of one type, and right for
 * the values of a first test.
 */
export const operator: Operator = {
  name: 'change-bitwise-operator',
  family: 'general',
  summary: 'Bits are united, cut, shifted up or shifted down by the opposite operator.',
  places: ({ node }) =>
    binaries(node, ...Object.keys(OTHERS)).map((expression) => ({
      changes: [replaceNode(expression.getOperatorToken(), OTHERS[operatorOf(expression)]!)],
      description: `'${brief(expression)}' with ${OTHERS[operatorOf(expression)]}`,
    })),
};

const OTHERS: Readonly<Record<string, string>> = {
  '&': '|',
  '|': '&',
  '^': '|',
  '<<': '>>',
  '>>': '<<',
};
