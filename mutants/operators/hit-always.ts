// SPDX-License-Identifier: GPL-2.0-only
// What if a cached answer is used however old it is?

import { generationMatchIs } from '#mutation/answers';
import type { Operator } from '#mutation/mutant';

/**
 * The cache has no number yet, or the comparison is lost in a rework: "the SPTE is there, so it is
 * valid".
 */
export const operator: Operator = {
  name: 'hit-always',
  family: 'gen',
  summary: 'A tag is taken to match whatever the number is.',
  places: (scope) => generationMatchIs('true', scope),
};
