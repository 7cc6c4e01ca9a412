// SPDX-License-Identifier: GPL-2.0-only
// What if a field of the generation is one bit wider or narrower than its place?

import { neighboursOfLiterals } from '#mutation/fields';
import type { Operator } from '#mutation/mutant';

/**
 * "Bits 52 to 61" are ten bits and not nine. A field that is too wide runs into its neighbour, one
 * that is too narrow makes numbers equal that are not.
 */
export const operator: Operator = {
  name: 'range-edge-off-by-one',
  family: 'bits',
  summary: 'The split of the generation, or its width, is wrong by one bit.',
  places: (scope) =>
    /^MMIO_GEN(_LOW)?_SHIFT$/.test(scope.name) ? neighboursOfLiterals(scope.node) : [],
};
