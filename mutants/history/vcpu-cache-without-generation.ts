// SPDX-License-Identifier: GPL-2.0-only
// What did the MMIO cache of a vCPU look like before 56f17dd3fbc4 ("kvm: x86: fix stale mmio cache
// bug")? It had no generation, so nothing ever made an entry stale. The bug is put back in the
// comparison: the number is still kept, and nobody looks at it.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'vcpu-cache-without-generation',
  commit: '56f17dd3fbc4',
  subject: 'kvm: x86: fix stale mmio cache bug',
  release: 'v3.17',
  cause: null,
  broke:
    'A slot that was created over an address which a vCPU had just used as MMIO was not seen by ' +
    'that vCPU: its next accesses to the address were emulated as MMIO.',
  eras: ['v3.17', 'v3.19'],
  unfixed: ['v3.16'],
  edits: [
    {
      function: 'vcpu_match_mmio_gen',
      anchor: 'return vcpu.arch.mmio_gen === kvm_memslots(vcpu.kvm!).generation;',
      replacement: 'return true;',
    },
  ],
  breaks: ['stale-after-update'],
  ownScenarios: ['mmio-cache/a-created-slot-is-seen'],
  shownBy: 'sequence',
};
