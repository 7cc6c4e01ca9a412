// SPDX-License-Identifier: GPL-2.0-only
// Kernels 3.19 to 4.1: slots sorted by gfn in an array that is searched by halves, replaced by
// install_new_memslots(kvm, slots); the slot was changed before.

import { ARRAY_BINDING } from '../driver/array-binding.ts';
import type { Profile } from './profile.ts';
import { V3_12 } from './v3.12.ts';

export const V3_19: Profile = {
  ...V3_12,
  name: 'v3.19+',
  kernels: '3.19 to 4.1',
  probes: [
    {
      text: 'install_new_memslots() takes the VM and a set',
      file: 'virt/kvm/kvm_main.c',
      holds: ({ parameters }) => parameters('install_new_memslots')?.length === 2,
    },
    V3_12.probes[1]!,
  ],
  entries: V3_12.entries.filter((name) => name !== 'cmp_memslot'),
  unseen: { 'struct kvm_memslots': ['lru_slot'] },
  binding: {
    ...ARRAY_BINDING,
    era: 'v3.19',
    apart: { 'struct kvm_memslots': ['generation', 'lru_slot'] },
  },
};
