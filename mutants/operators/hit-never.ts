// SPDX-License-Identifier: GPL-2.0-only
// What if a cached answer is never used?

import { generationMatchIs } from '#mutation/answers';
import type { Operator } from '#mutation/mutant';

/**
 * A tag is stored one way and compared another way, and so never matches. Everything still works:
 * it is only slow, which no test of correctness sees.
 */
export const operator: Operator = {
  name: 'hit-never',
  family: 'gen',
  summary: 'A tag is taken not to match, whatever the number is.',
  places: (scope) => generationMatchIs('false', scope),
};
