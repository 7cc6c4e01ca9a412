// SPDX-License-Identifier: GPL-2.0-only
// What if a vCPU remembers an MMIO access under a number that says "an update is under way"?

import { SyntaxKind } from 'ts-morph';
import { codeOfKind } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { drop } from '#mutation/statements';

/**
 * A number with the flag is of no use after the update, so it seems to do no harm. During the
 * update it is the current number, and what was decided on the old slots is found valid.
 */
export const operator: Operator = {
  name: 'drop-ip-check-in-cache-fill',
  family: 'gen',
  summary: "A vCPU's MMIO cache is filled while an update is under way.",
  places: ({ node }) =>
    codeOfKind(node, SyntaxKind.IfStatement)
      .filter((test) => /GEN_UPDATE_IN_PROGRESS/.test(test.getExpression().getText()))
      .filter((test) => test.getThenStatement().getText() === 'return;')
      .map((test) => ({
        changes: [drop(test)],
        description: 'the flag is not looked at',
      })),
};
