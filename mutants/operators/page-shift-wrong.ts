// SPDX-License-Identifier: GPL-2.0-only
// What if an address is made of a frame number with the wrong shift?

import { binaries, brief } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * gfn, gpa and pfn are all plain 64-bit numbers, so no compiler sees that one was taken for the
 * other; and whoever writes 11 for 12 is right for every frame that nobody looks at.
 */
export const operator: Operator = {
  name: 'page-shift-wrong',
  family: 'bits',
  summary: 'A frame number and an address are shifted into each other by one bit less, or not.',
  places: ({ node }) =>
    binaries(node, '<<', '>>')
      .filter((shift) => shift.getRight().getText() === 'PAGE_SHIFT')
      .flatMap((shift) => {
        const [number, count] = [shift.getLeft(), shift.getRight()];
        return [
          {
            changes: [replaceNode(count, '(PAGE_SHIFT - 1n)')],
            description: `${brief(number)} is shifted by 11 bits`,
          },
          {
            changes: [replaceNode(shift, number.getText())],
            description: `${brief(number)} is not shifted`,
          },
        ];
      }),
};
