// SPDX-License-Identifier: GPL-2.0-only
// Why is a slot shown as invalid before it goes? So that nobody maps it again once it was flushed.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'skip-invalid-install',
  kind: 'operator',
  does: 'does not mark a slot as invalid before it goes away',
  breaks: ['no-mapping-after-flush'],
  question:
    'What keeps a vCPU from mapping the slot again between the flush and the swap, if it ' +
    'is not marked as invalid?',
  pieces: [
    {
      functions: ['kvm_memslot_delete', 'kvm_set_memslot', '__kvm_set_memory_region'],
      lost: /\|=KVM_MEMSLOT_INVALID/,
    },
  ],
  examples: [['kvm_invalidate_memslot', '-\tinvalid_slot->flags |= KVM_MEMSLOT_INVALID;']],
  counterexamples: [
    [
      'kvm_invalidate_memslot',
      '-\tinvalid_slot->flags |= KVM_MEMSLOT_INVALID;',
      '+\ttmp->flags |= KVM_MEMSLOT_INVALID;',
    ],
  ],
};
