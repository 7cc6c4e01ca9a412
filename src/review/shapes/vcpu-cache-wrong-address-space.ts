// SPDX-License-Identifier: GPL-2.0-only
// Whose number tags what a vCPU remembers? That of the address space it is in, where it is filled
// and where it is matched: one of the two alone compares numbers of two address spaces.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'vcpu-cache-wrong-address-space',
  kind: 'regression',
  does: 'takes the generation of address space 0 for the per-vCPU MMIO cache',
  breaks: [],
  question: 'Which address space is the vCPU in? In SMM its slots have a generation of their own.',
  pieces: [
    {
      functions: ['vcpu_cache_mmio_info'],
      lost: /kvm_vcpu_memslots\(/,
      gained: /(?<!vcpu_)(?:__)?kvm_memslots\(|memslots\[0\]/,
    },
    {
      functions: ['vcpu_match_mmio_gen'],
      lost: /kvm_vcpu_memslots\(/,
      gained: /(?<!vcpu_)(?:__)?kvm_memslots\(|memslots\[0\]/,
    },
  ],
  isWholeOnly: true,
  examples: [
    [
      'vcpu_cache_mmio_info',
      '-\tu64 gen = kvm_vcpu_memslots(vcpu)->generation;',
      '+\tu64 gen = kvm_memslots(vcpu->kvm)->generation;',
    ],
  ],
  counterexamples: [
    [
      'vcpu_match_mmio_gen',
      '-\treturn vcpu->arch.mmio_gen == kvm_vcpu_memslots(vcpu)->generation;',
      '+\treturn kvm_vcpu_memslots(vcpu)->generation == vcpu->arch.mmio_gen;',
    ],
  ],
};
