// SPDX-License-Identifier: GPL-2.0-only
// What if a published pointer is read by a plain load?

import { SyntaxKind } from 'ts-morph';
import { codeOfKind } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { replaceNode } from '#mutation/statements';

/**
 * `kvm->memslots` compiles like `rcu_dereference(kvm->memslots)`. A compiler may then load it again
 * where it is used twice. No memory model here loads again, so a run sees no difference: what can
 * be seen is `load-again`.
 */
export const operator: Operator = {
  name: 'consume-plain',
  family: 'memory',
  summary: 'A published pointer is read by a plain load, which is neither checked nor ordered.',
  places: ({ node }) =>
    codeOfKind(node, SyntaxKind.CallExpression).flatMap((call) => {
      const pointer = call.getArguments()[0]?.getText();
      const isDereference = /^s?rcu_dereference/.test(call.getExpression().getText());
      if (!isDereference || pointer === undefined) return [];
      return [{ changes: [replaceNode(call, pointer)], description: `${pointer} is read plainly` }];
    }),
};
