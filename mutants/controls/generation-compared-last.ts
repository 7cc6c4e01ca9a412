// SPDX-License-Identifier: GPL-2.0-only
// Must a hit be decided in the kernel's order? The generation is compared after the address.

import type { Control } from '#mutation/mutant';

export const control: Control = {
  name: 'generation-compared-last',
  eras: ['v3.17', 'v3.19'],
  harmless:
    'The address belongs to the vCPU alone, so the answer is the same; only reads whose answer ' +
    'would not have mattered are left out.',
  edits: [
    {
      function: 'vcpu_match_mmio_gpa',
      anchor: 'vcpu_match_mmio_gen(vcpu) &&',
      replacement: '',
    },
    {
      function: 'vcpu_match_mmio_gpa',
      anchor: 'vcpu.arch.mmio_gfn === gpa >> PAGE_SHIFT',
      replacement: 'vcpu.arch.mmio_gfn === gpa >> PAGE_SHIFT &&\n    vcpu_match_mmio_gen(vcpu)',
    },
  ],
};
