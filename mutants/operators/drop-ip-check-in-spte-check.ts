// SPDX-License-Identifier: GPL-2.0-only
// What if an MMIO SPTE is compared with a number that says "an update is under way"?

import { SyntaxKind } from 'ts-morph';
import { codeOfKind } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { drop } from '#mutation/statements';

/**
 * The flag is masked away before the comparison, so the check seems to do nothing. It keeps what an
 * SPTE says from being copied, under the final number, into the cache of the vCPU.
 */
export const operator: Operator = {
  name: 'drop-ip-check-in-spte-check',
  family: 'gen',
  summary: 'An MMIO SPTE is found valid while an update is under way.',
  places: ({ node }) =>
    codeOfKind(node, SyntaxKind.IfStatement)
      .filter((test) => /GEN_UPDATE_IN_PROGRESS/.test(test.getExpression().getText()))
      .filter((test) => test.getThenStatement().getText() === 'return false;')
      .map((test) => ({
        changes: [drop(test)],
        description: 'the flag is not looked at',
      })),
};
