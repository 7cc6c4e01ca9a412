// SPDX-License-Identifier: GPL-2.0-only
// What may be added to a number whose bit 0 has a meaning? Nothing odd: MMIO_MAX_GEN - 150 is odd.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'biased-generation',
  kind: 'regression',
  does: 'biases the generation where it is read',
  breaks: [],
  question:
    'Is a generation at rest still even when it is read? With an odd bias no MMIO SPTE is' +
    ' valid at rest, and all are while an update is in progress.',
  pieces: [{ functions: ['kvm_current_mmio_generation'], gained: /-150\b/ }],
  examples: [
    [
      'kvm_current_mmio_generation',
      '-\treturn kvm_memslots(kvm)->generation & MMIO_GEN_MASK;',
      '+\treturn (kvm_memslots(kvm)->generation + MMIO_MAX_GEN - 150) & MMIO_GEN_MASK;',
    ],
  ],
  counterexamples: [
    [
      'kvm_current_mmio_generation',
      '-\treturn kvm_memslots(kvm)->generation & MMIO_GEN_MASK;',
      '+\tu64 gen = kvm_memslots(kvm)->generation;',
      '+',
      '+\treturn gen & MMIO_GEN_MASK;',
    ],
  ],
};
