// SPDX-License-Identifier: GPL-2.0-only
// What if two statements stand in the wrong order?

import { brief, statementsIn } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { canSwap } from '#mutation/neighbours';
import { replaceNode, siblings } from '#mutation/statements';

/**
 * Lines are moved in a clean-up, or a hunk is applied one line too high. Alone, either order may
 * look right; beside another thread only one is.
 */
export const operator: Operator = {
  name: 'swap-neighbours',
  family: 'general',
  summary: 'Two neighbouring statements are swapped.',
  places: ({ node }) =>
    statementsIn(node).flatMap((first) => {
      const all = siblings(first);
      const second = all[all.indexOf(first) + 1];
      if (second === undefined || !canSwap(first, second)) return [];
      const [before, after] = [first.getText(), second.getText()];
      return [
        {
          changes: [replaceNode(first, after), replaceNode(second, before)],
          description: `'${brief(second)}' comes before '${brief(first)}'`,
        },
      ];
    }),
};
