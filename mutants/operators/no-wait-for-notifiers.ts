// SPDX-License-Identifier: GPL-2.0-only
// What if an update does not wait for changes by the host that are under way?

import { SyntaxKind } from 'ts-morph';
import type { Operator } from '#mutation/mutant';
import { callStatements, drop } from '#mutation/statements';

/**
 * An update should not have to sleep for the host's memory management. But the end of a change
 * looks at the slots again, and must find those that its start has found.
 */
export const operator: Operator = {
  name: 'no-wait-for-notifiers',
  family: 'locks',
  summary: 'Slots are published while the host changes memory.',
  places: ({ node }) =>
    node
      .getDescendantsOfKind(SyntaxKind.WhileStatement)
      .filter((loop) => callStatements(loop, /^schedule$/).length > 0)
      .map((loop) => ({ changes: [drop(loop)], description: 'nothing is waited for' })),
};
