// SPDX-License-Identifier: GPL-2.0-only
// What if the flag goes at the end of an install, and the number stays what it was?

import { flaggedInstalls } from '#mutation/flagged-install';
import type { Operator } from '#mutation/mutant';
import { drop } from '#mutation/statements';

/**
 * The flag says that an update is under way, so to clear it seems to be the end of it. But the
 * number at rest is the one that readers of the old set have tagged their decisions with.
 */
export const operator: Operator = {
  name: 'drop-second-clear-flag',
  family: 'order',
  summary: 'An install clears the flag of its number and adds nothing.',
  places: ({ node }) =>
    flaggedInstalls(node).map(({ step, field }) => ({
      changes: [drop(step)],
      description: `${field} is after the install what it was before`,
    })),
};
