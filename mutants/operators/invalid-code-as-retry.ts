// SPDX-License-Identifier: GPL-2.0-only
// What if the guest is told to try again where the slots should be asked?

import { SyntaxKind } from 'ts-morph';
import { codeOfKind } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * The codes are alike: "invalid" means that the entry is out of date, "retry" that it went away.
 * Whoever tries again with the old entry in place finds it again, for ever.
 */
export const operator: Operator = {
  name: 'invalid-code-as-retry',
  family: 'flow',
  summary: 'A fault on an SPTE with an old number is retried instead of being handled.',
  places: ({ node }) =>
    codeOfKind(node, SyntaxKind.ReturnStatement).flatMap((statement) => {
      const code = statement.getExpression();
      if (code === undefined || !/^RET_\w*PF_INVALID$/.test(code.getText())) return [];
      const retry = code.getText().replace('INVALID', 'RETRY');
      return [{ changes: [replaceNode(code, retry)], description: `${retry} for INVALID` }];
    }),
};
