// SPDX-License-Identifier: GPL-2.0-only
// include/linux/string.h and C's struct assignment.

import { currentWorld } from '#explorer/run';
import { loadScalar, located, storeScalar } from './struct.ts';

/**
 * `*dst = *src` in C: every scalar, in order, one read and one write each. No field is forgotten.
 */
export function assign<T extends object>(dst: T, src: T): void {
  const to = located(dst);
  const from = located(src);
  if (to.struct !== from.struct)
    throw new TypeError(`a ${from.struct.label} is assigned to a ${to.struct.label}`);
  const { types } = to.struct.shape(currentWorld());
  for (const [i, type] of types.entries()) {
    const value = loadScalar(from.memory, from.base + i, type);
    storeScalar(to.memory, to.base + i, type, value, false);
  }
}
