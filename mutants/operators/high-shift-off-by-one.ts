// SPDX-License-Identifier: GPL-2.0-only
// What if the high field of the generation is stored one bit beside its place?

import { neighboursOfLiterals } from '#mutation/fields';
import type { Operator } from '#mutation/mutant';

/**
 * The manual counts bits from 0 and ends ranges inclusively; who mixes that up starts the field at
 * 51, a bit of the address, or at 53.
 */
export const operator: Operator = {
  name: 'high-shift-off-by-one',
  family: 'bits',
  summary: 'The high bits of the generation are shifted by one bit too many, or too few.',
  places: (scope) =>
    scope.name === 'MMIO_SPTE_GEN_HIGH_SHIFT' ? neighboursOfLiterals(scope.node) : [],
};
