// SPDX-License-Identifier: GPL-2.0-only
// Which bit of the number never gets into an SPTE where parity says that an update is under way?
// Bit 0: what is made during the update then matches no number at all.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'keep-low-bit',
  kind: 'operator',
  does: 'stores the bit of the generation that says that an update is in progress',
  breaks: ['no-in-flux-tag', 'stale-in-window'],
  question:
    'Can an MMIO SPTE that was made during an update be found valid, if bit 0 of the ' +
    'generation is stored in it?',
  pieces: [{ functions: ['MMIO_GEN_LOW_MASK'], lost: /-2\)/ }],
  examples: [
    [
      'MMIO_GEN_LOW_MASK',
      '-#define MMIO_GEN_LOW_MASK\t\t((1 << MMIO_GEN_LOW_SHIFT) - 2)',
      '+#define MMIO_GEN_LOW_MASK\t\t((1 << MMIO_GEN_LOW_SHIFT) - 1)',
    ],
  ],
  counterexamples: [
    [
      'MMIO_GEN_LOW_MASK',
      '-#define MMIO_GEN_LOW_MASK\t\t((1 << MMIO_GEN_LOW_SHIFT) - 2)',
      '+#define MMIO_GEN_LOW_MASK\t\t((1u << MMIO_GEN_LOW_SHIFT) - 2)',
    ],
  ],
};
