// SPDX-License-Identifier: GPL-2.0-only
// Kernels 5.7 to 5.13: arrays of slots have entries for those in use only, and a call that fails
// puts the old array back.

import { SPACES_BINDING } from '../driver/spaces-binding.ts';
import type { Profile } from './profile.ts';
import { V5_1 } from './v5.1.ts';

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
  heapTypes: ['struct kvm_memslots + struct kvm_memory_slot'],
  binding: { ...SPACES_BINDING, era: 'v5.11' },
};
