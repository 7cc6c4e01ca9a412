// SPDX-License-Identifier: GPL-2.0-only
// What did a vCPU keep before ddfd1730fd82 ("KVM: x86/mmu: Do not cache MMIO accesses while
// memslots are in flux")? Every MMIO access, with the number of the moment, the number of an update
// that was under way included. The bug is put back by leaving out the question.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'vcpu-cache-filled-in-window',
  commit: 'ddfd1730fd82',
  subject: 'KVM: x86/mmu: Do not cache MMIO accesses while memslots are in flux',
  release: 'v5.1',
  cause: 'v3.17, with the number in the cache (56f17dd3fbc4)',
  broke:
    'An access that was decided on the old memslots was kept under the number of the update that ' +
    'replaced them, and was valid until the update returned.',
  eras: ['v5.11', 'v6.12'],
  unfixed: ['v3.17', 'v3.19'],
  edits: [
    {
      function: 'vcpu_cache_mmio_info',
      anchor: 'if ((gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS) !== 0n) return;',
      replacement: '',
    },
  ],
  breaks: ['stale-in-window'],
  ownScenarios: ['generation/a-number-in-flux-is-never-valid', 'mmio-cache/a-created-slot-is-seen'],
  shownBy: 'interleaving',
};
