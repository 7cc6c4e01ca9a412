// SPDX-License-Identifier: GPL-2.0-only
// By how much is the upper half of a number shifted into an SPTE? By its start, less the bits that
// the lower half already holds. A cache that never hits is not stale, so nothing notices.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'gen-high-half-misplaced',
  kind: 'regression',
  does:
    'shifts the upper half of the generation by where it starts, not by what the lower ' +
    'half holds',
  breaks: [],
  question:
    'Does a generation of 512 or more come back from an SPTE? The upper half needs a ' +
    'shift of its start minus the number of low bits.',
  pieces: [{ functions: ['MMIO_SPTE_GEN_HIGH_SHIFT'], lost: /-MMIO_SPTE_GEN_LOW_BITS/ }],
  examples: [
    [
      'MMIO_SPTE_GEN_HIGH_SHIFT',
      '-#define MMIO_SPTE_GEN_HIGH_SHIFT\t(MMIO_SPTE_GEN_HIGH_START - MMIO_SPTE_GEN_LOW_BITS)',
      '+#define MMIO_SPTE_GEN_HIGH_SHIFT\tMMIO_SPTE_GEN_HIGH_START',
    ],
  ],
  counterexamples: [
    [
      'MMIO_SPTE_GEN_HIGH_SHIFT',
      '-#define MMIO_SPTE_GEN_HIGH_SHIFT (MMIO_SPTE_GEN_HIGH_START - MMIO_SPTE_GEN_LOW_BITS)',
      '+#define MMIO_SPTE_GEN_HIGH_SHIFT\t\\',
      '+\t(MMIO_SPTE_GEN_HIGH_START - MMIO_SPTE_GEN_LOW_BITS)',
    ],
  ],
};
