// SPDX-License-Identifier: GPL-2.0-only
// What is a slot to a page fault that is about to go? Not MMIO: there is memory until the flush.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'invalid-slot-as-mmio',
  kind: 'regression',
  does: 'does not look at KVM_MEMSLOT_INVALID when a page fault finds its slot',
  breaks: [],
  question:
    'What happens to a fault on a slot that is being deleted or moved? As MMIO it could ' +
    'replace a present SPTE before the flush.',
  pieces: [{ functions: ['kvm_faultin_pfn'], lost: /KVM_MEMSLOT_INVALID/ }],
  examples: [
    ['kvm_faultin_pfn', '-\tif (slot->flags & KVM_MEMSLOT_INVALID)', '-\t\treturn RET_PF_RETRY;'],
  ],
  counterexamples: [
    [
      'kvm_faultin_pfn',
      '-\tif (slot && (slot->flags & KVM_MEMSLOT_INVALID))',
      '+\tif (slot->flags & KVM_MEMSLOT_INVALID)',
    ],
  ],
};
