// SPDX-License-Identifier: GPL-2.0-only
// What if the low field of the generation is stored one bit beside its place?

import { neighboursOfLiterals } from '#mutation/fields';
import type { Operator } from '#mutation/mutant';

/**
 * Bit 0 of the number is not stored, so the shift is one less than the first bit of the field. Who
 * counts from the field instead writes 3 for 2.
 */
export const operator: Operator = {
  name: 'low-shift-off-by-one',
  family: 'gen',
  summary: 'The low bits of the generation are shifted by one bit too many, or too few.',
  places: (scope) =>
    scope.name === 'MMIO_SPTE_GEN_LOW_SHIFT' ? neighboursOfLiterals(scope.node) : [],
};
