// SPDX-License-Identifier: GPL-2.0-only
// What if one bit of a mark is enough to be taken for marked?

import { Node } from 'ts-morph';
import { binaries } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * `(x & mask) != 0` is how a flag is tested. A mark of several bits has to be compared with the
 * whole mask, or an entry that shares one bit with it is taken for MMIO.
 */
export const operator: Operator = {
  name: 'kind-compare-weak',
  family: 'bits',
  summary: 'A word counts as marked if any bit of the mark is set.',
  places: ({ node }) =>
    binaries(node, '===').flatMap((comparison) => {
      const masked = comparison.getLeft();
      const right = comparison.getRight().getText();
      if (!Node.isParenthesizedExpression(masked)) return [];
      if (!masked.getText().endsWith(` & ${right})`)) return [];
      const description = `any bit of ${right} is enough`;
      return [{ changes: [replaceNode(comparison, `${masked.getText()} !== 0n`)], description }];
    }),
};
