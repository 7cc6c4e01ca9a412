// SPDX-License-Identifier: GPL-2.0-only
// When must SPTEs of an earlier round be gone? Before a vCPU can see the number that they carry.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'zap-after-wrapped-store',
  kind: 'regression',
  does: 'calls the hook after the new generation is stored',
  breaks: [],
  question:
    'Can a vCPU find an MMIO SPTE of an earlier round valid between the store of the ' +
    'generation and kvm_arch_memslots_updated()?',
  pieces: [
    {
      functions: ['install_new_memslots'],
      nowBefore: [/->generation=gen;/, /kvm_arch_memslots_updated\(/],
    },
  ],
  examples: [
    [
      'kvm_swap_active_memslots',
      '-\tkvm_arch_memslots_updated(kvm, gen);',
      ' ',
      ' \tslots->generation = gen;',
      '+\tkvm_arch_memslots_updated(kvm, gen);',
    ],
  ],
  counterexamples: [
    [
      'kvm_swap_active_memslots',
      '+\t/* Zap first. */',
      ' \tkvm_arch_memslots_updated(kvm, gen);',
      ' \tslots->generation = gen;',
    ],
  ],
};
