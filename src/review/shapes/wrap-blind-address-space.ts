// SPDX-License-Identifier: GPL-2.0-only
// When has a number come round that carries the address space in its low bits? When the rest of it
// is 0: the whole number never is, in one of them.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'wrap-blind-address-space',
  kind: 'regression',
  does: 'looks for the wrap without taking the address space out of the generation',
  breaks: [],
  question:
    'Does every address space see its wrap? With the address space in its low bits, one ' +
    'of them never becomes 0.',
  pieces: [
    {
      functions: ['kvm_mmu_invalidate_mmio_sptes'],
      lost: /&(=|)~\(?\(?u?(64)?\)?\(?(KVM_ADDRESS_SPACE_NUM|kvm_arch_nr_memslot)/,
    },
  ],
  examples: [
    ['kvm_mmu_invalidate_mmio_sptes', '-\tgen &= ~((u64)kvm_arch_nr_memslot_as_ids(kvm) - 1);'],
    ['kvm_mmu_invalidate_mmio_sptes', '-\tgen &= ~((u64)KVM_ADDRESS_SPACE_NUM - 1);'],
  ],
  counterexamples: [
    [
      'kvm_mmu_invalidate_mmio_sptes',
      '-\tgen &= ~((u64)KVM_ADDRESS_SPACE_NUM - 1);',
      '+\tgen &= ~((u64)kvm_arch_nr_memslot_as_ids(kvm) - 1);',
    ],
  ],
};
