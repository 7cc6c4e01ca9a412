// SPDX-License-Identifier: GPL-2.0-only
// Whose addresses are in the MMIO cache of a vCPU? Not those of a guest's guest: the same number
// means another page there.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'nested-gpa-in-mmio-cache',
  kind: 'regression',
  does: 'lets a nested guest use the MMIO cache of the guest around it',
  breaks: [],
  question: 'Is an address of a nested guest compared with one of the guest around it?',
  pieces: [{ functions: ['mmio_info_in_cache', 'vcpu_cache_mmio_info'], lost: /mmu_is_nested\(/ }],
  examples: [['mmio_info_in_cache', '-\tif (mmu_is_nested(vcpu))', '-\t\treturn false;']],
  counterexamples: [
    ['mmio_info_in_cache', '-\tif (mmu_is_nested(vcpu))', '+\tif (unlikely(mmu_is_nested(vcpu)))'],
  ],
};
