// SPDX-License-Identifier: GPL-2.0-only
// Kernels 5.14 to 5.16: what the architecture keeps of slots has a lock of its own,
// slots_arch_lock, and mmu_lock is one of readers and writers. From 5.15 on an update waits for
// notifiers.

import { SPACES_BINDING } from '../driver/spaces-binding.ts';
import type { Profile } from './profile.ts';
import { zapAll } from './shared.ts';
import { V5_1 } from './v5.1.ts';
import { V5_7 } from './v5.7.ts';

const FLUSH = 'void kvm_page_track_flush_slot(struct kvm *kvm, struct kvm_memory_slot *slot)';

export const V5_14: Profile = {
  ...V5_7,
  name: 'v5.14+',
  kernels: '5.14 to 5.16',
  probes: [
    ...V5_1.probes,
    {
      text: 'struct kvm has a slots_arch_lock',
      file: 'include/linux/kvm_host.h',
      holds: ({ mentions }) => mentions('include/linux/kvm_host.h', 'slots_arch_lock'),
    },
  ],
  prelude: `${V5_7.prelude}
#define APIC_ACCESS_PAGE_PRIVATE_MEMSLOT (KVM_USER_MEM_SLOTS + 0)
`,
  modelled: {
    ...V5_7.modelled,
    kvm_mmu_zap_all_fast: zapAll('write'),
    kvm_page_track_flush_slot: zapAll('write', FLUSH),
  },
  unseen: { 'struct kvm_memslots': ['lru_slot?', 'last_used_slot?'] },
  binding: {
    ...SPACES_BINDING,
    era: 'v5.11',
    rules: 'v5.15',
    locks: ['mmu_lock', 'slots_lock', 'slots_arch_lock', 'mn_invalidate_lock?', 'srcu'],
    apart: { 'struct kvm_memslots': ['generation', 'lru_slot?', 'last_used_slot?'] },
  },
};
