// SPDX-License-Identifier: GPL-2.0-only
// What if a slot goes and its mappings stay? The guest goes on using memory that is not its own.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'skip-flush',
  kind: 'operator',
  does: 'does not flush the shadow of a slot that goes away',
  breaks: ['no-mapping-after-flush'],
  question: 'Which mappings of the old slot are left, without kvm_arch_flush_shadow_memslot()?',
  pieces: [
    {
      functions: ['kvm_memslot_delete', 'kvm_set_memslot', '__kvm_set_memory_region'],
      lost: /kvm_arch_flush_shadow_memslot\(/,
    },
  ],
  examples: [['kvm_invalidate_memslot', '-\tkvm_arch_flush_shadow_memslot(kvm, old);']],
  counterexamples: [
    [
      'kvm_invalidate_memslot',
      '-\tkvm_arch_flush_shadow_memslot(kvm, old);',
      '+\tkvm_arch_flush_shadow_memslot(kvm, old_slot);',
    ],
  ],
};
