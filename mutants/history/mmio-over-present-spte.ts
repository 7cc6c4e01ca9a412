// SPDX-License-Identifier: GPL-2.0-only
// What happened to an SPTE of memory that an MMIO SPTE took the place of, before aad885e77496
// ("KVM: x86/mmu: Drop/zap existing present SPTE even when creating an MMIO SPTE")? It was
// overwritten.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'mmio-over-present-spte',
  commit: 'aad885e77496',
  subject: 'KVM: x86/mmu: Drop/zap existing present SPTE even when creating an MMIO SPTE',
  release: 'v7.0',
  cause: 'a54aa15c6bda',
  broke:
    'Userspace of the host could change a page table of a nested guest so that an entry of ' +
    'memory became one of MMIO: KVM warned, and kept the old entry in its books.',
  eras: ['v6.12'],
  unfixed: [],
  edits: [
    {
      function: 'mmu_set_spte',
      anchor: 'if (read_as(sptep.$.val, is_shadow_present_pte)) {',
      replacement:
        'if (is_noslot_pfn(pfn)) {\n' +
        '    vcpu.stat.pf_mmio_spte_created++;\n' +
        '    mark_mmio_spte(vcpu, sptep, gfn, pte_access);\n' +
        '    return RET_PF_EMULATE;\n' +
        '  }\n\n' +
        '  if (read_as(sptep.$.val, is_shadow_present_pte)) {',
    },
  ],
  breaks: ['no-kernel-warning'],
  ownScenarios: [],
  shownBy: 'interleaving',
};
