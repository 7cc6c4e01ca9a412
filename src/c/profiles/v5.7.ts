// SPDX-License-Identifier: GPL-2.0-only
// Kernels 5.7 to 5.13: arrays of slots have entries for those in use only, and a call that fails
// puts the old array back.

import { SPACES_BINDING } from '../driver/spaces-binding.ts';
import type { Profile } from './profile.ts';
import { V5_1 } from './v5.1.ts';

/** What a slot that was moved had of memory is freed there, and only there. */
const { kvm_arch_commit_memory_region: _commit, ...STUBBED } = V5_1.stubbed;

export const V5_7: Profile = {
  ...V5_1,
  name: 'v5.7+',
  kernels: '5.7 to 5.13',
  probes: [
    ...V5_1.probes,
    {
      text: 'kvm_dup_memslots() takes a set and a change',
      file: 'virt/kvm/kvm_main.c',
      holds: ({ parameters }) => parameters('kvm_dup_memslots')?.length === 2,
    },
  ],
  stubbed: {
    ...STUBBED,
    kvm_mmu_zap_collapsible_sptes: { kind: 'stubbed' },
    kvm_mmu_calculate_default_mmu_pages: { kind: 'stubbed', returns: 0 },
  },
  heapTypes: ['struct kvm_memslots + struct kvm_memory_slot'],
  binding: { ...SPACES_BINDING, era: 'v5.11' },
};
