// SPDX-License-Identifier: GPL-2.0-only
// What if the old set is freed while it may still be read?

import { Node } from 'ts-morph';
import { insertBefore } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { callStatements, PUBLISH, replaceNode, SYNCHRONISE, siblings } from '#mutation/statements';

/**
 * The new set is visible, so the old one is no longer needed: true for everybody who comes later.
 * The caller still gets what it works on and frees, a copy, so that only the order is wrong.
 */
export const operator: Operator = {
  name: 'free-before-sync',
  family: 'srcu',
  summary: 'The old set is freed before the grace period.',
  places: ({ node }) =>
    callStatements(node, SYNCHRONISE).flatMap(({ statement, callee }) => {
      const all = siblings(statement);
      const before = all.slice(0, all.indexOf(statement));
      const last = all.at(-1);
      const old = Node.isReturnStatement(last) ? last.getExpression() : undefined;
      const isInstall = before.some((other) =>
        callStatements(node, PUBLISH).some((publish) => publish.statement === other),
      );
      if (old === undefined || !isInstall) return [];
      const name = old.getText();
      const early = insertBefore(statement, `const copy = kmemdup(${name})!; kfree(${name});`);
      const imports = { kfree: '#linux/slab', kmemdup: '#linux/slab' };
      const description = `${name} is freed before ${callee}()`;
      return [{ changes: [early, replaceNode(old, 'copy')], description, imports }];
    }),
};
