// SPDX-License-Identifier: GPL-2.0-only
// What if slots are not sorted after one has changed its size?

import type { Operator } from '#mutation/mutant';
import { callStatements, drop } from '#mutation/statements';

/**
 * The lookup is linear, so order seems to matter for speed only. But walks end at the first slot
 * without pages, and a slot behind it does not exist for them.
 */
export const operator: Operator = {
  name: 'skip-sort',
  family: 'containers',
  summary: 'Slots are not sorted after a change of size.',
  places: ({ node }) =>
    callStatements(node, /^sort(_memslots)?$/).map(({ statement, callee }) => ({
      changes: [drop(statement)],
      description: `${callee}() is not called`,
    })),
};
