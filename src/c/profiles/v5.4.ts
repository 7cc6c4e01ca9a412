// SPDX-License-Identifier: GPL-2.0-only
// Kernels 5.4 to 5.6: an MMIO SPTE keeps only the rights that a mask of its own allows; and by
// 5.6 its generation is one bit narrower.

import { SPACES_BINDING } from '../driver/spaces-binding.ts';
import type { Profile } from './profile.ts';
import { V5_1 } from './v5.1.ts';

export const V5_4: Profile = {
  ...V5_1,
  name: 'v5.4+',
  kernels: '5.4 to 5.6',
  probes: [
    ...V5_1.probes,
    {
      text: 'kvm_mmu_set_mmio_spte_mask() takes the rights as a mask',
      file: 'arch/x86/kvm/mmu.h',
      holds: ({ mentions }) => mentions('arch/x86/kvm/mmu.h', 'access_mask'),
    },
  ],
  binding: { ...SPACES_BINDING, era: 'v5.11', rules: 'v5.6' },
};
