// SPDX-License-Identifier: GPL-2.0-only
// A guest runs a guest of its own, which faults at an address of what it takes for its memory. What
// did KVM do with that address up to about v4.11? It looked for it in the cache of the vCPU, which
// holds addresses of the first guest. The bug is put back by leaving out the question whether the
// guest is nested, in both places. (The id of the commit is not confirmed, nor the release.)

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'nested-gpa-in-mmio-cache',
  commit: null,
  subject: 'the MMIO cache of a vCPU is not for guests of the guest',
  release: 'between v4.2 and v4.19',
  cause: null,
  broke:
    'Memory of a nested guest was taken for MMIO if the guest around it had MMIO at an address ' +
    'of the same number.',
  eras: ['v5.11', 'v6.12'],
  unfixed: [],
  edits: [
    {
      function: 'mmio_info_in_cache',
      anchor: 'if (mmu_is_nested(vcpu)) return false;',
      replacement: '',
    },
    {
      function: 'vcpu_cache_mmio_info',
      anchor: 'mmu_is_nested(vcpu) ? 0n : gva & PAGE_MASK',
      replacement: 'gva & PAGE_MASK',
    },
  ],
  breaks: ['right-address-space'],
  ownScenarios: ['mmio-cache/a-guest-of-the-guest-asks-no-cache'],
  shownBy: 'sequence',
};
