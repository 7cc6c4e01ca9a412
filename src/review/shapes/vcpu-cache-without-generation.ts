// SPDX-License-Identifier: GPL-2.0-only
// How long does a vCPU believe what it remembers of its last MMIO access? As long as the generation
// is that of then, and no longer.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'vcpu-cache-without-generation',
  kind: 'regression',
  does: 'believes the per-vCPU MMIO cache whatever the generation is',
  breaks: [],
  question: 'How does a vCPU notice that a memslot was created over the address in its MMIO cache?',
  pieces: [
    { functions: ['vcpu_match_mmio_gen'], lost: /->generation\b/ },
    {
      functions: ['vcpu_match_mmio_gpa', 'vcpu_match_mmio_gva'],
      lost: /vcpu_match_mmio_gen\(/,
    },
  ],
  examples: [
    [
      'vcpu_match_mmio_gen',
      '-\treturn vcpu->arch.mmio_gen == kvm_memslots(vcpu->kvm)->generation;',
      '+\treturn true;',
    ],
    [
      'vcpu_match_mmio_gpa',
      '-\tif (vcpu_match_mmio_gen(vcpu) && vcpu->arch.mmio_gfn &&',
      '+\tif (vcpu->arch.mmio_gfn &&',
    ],
  ],
  counterexamples: [
    [
      'vcpu_match_mmio_gen',
      '-\treturn vcpu->arch.mmio_gen == kvm_memslots(vcpu->kvm)->generation;',
      '+\treturn kvm_memslots(vcpu->kvm)->generation == vcpu->arch.mmio_gen;',
    ],
  ],
};
