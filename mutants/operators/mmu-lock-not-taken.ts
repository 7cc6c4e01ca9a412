// SPDX-License-Identifier: GPL-2.0-only
// What if SPTEs are written without the lock that orders their writers?

import { withoutLock } from '#mutation/locks';
import type { Operator } from '#mutation/mutant';

/**
 * A single store looks atomic, so why lock it? Because the question before it, whether the entry is
 * present, has to be still answered when the store is made.
 */
export const operator: Operator = {
  name: 'mmu-lock-not-taken',
  family: 'locks',
  summary: 'SPTEs are written without mmu_lock.',
  places: ({ node }) => withoutLock(node, /^spin_lock$/, /^spin_unlock$/),
};
