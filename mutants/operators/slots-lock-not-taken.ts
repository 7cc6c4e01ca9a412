// SPDX-License-Identifier: GPL-2.0-only
// What if the slots are changed without the lock that orders their writers?

import { withoutLock } from '#mutation/locks';
import type { Operator } from '#mutation/mutant';

/**
 * A new caller reaches the function whose comment says "with slots_lock held", or one moves into a
 * path where a comment is all that asks for it. Two updates at once then lose one of them.
 */
export const operator: Operator = {
  name: 'slots-lock-not-taken',
  family: 'locks',
  summary: 'The slots are changed without slots_lock.',
  places: ({ node }) => withoutLock(node, /^mutex_lock$/, /^mutex_unlock$/),
};
