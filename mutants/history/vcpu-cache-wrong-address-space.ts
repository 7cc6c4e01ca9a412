// SPDX-License-Identifier: GPL-2.0-only
// Which number did a vCPU keep beside its last MMIO access, before b3e6212dea2e ("KVM: x86: Use
// active memslots for the per-vCPU MMIO cache")? That of the first address space, though the access
// may have been in SMM.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'vcpu-cache-wrong-address-space',
  commit: 'b3e6212dea2e',
  subject: 'KVM: x86: Use active memslots for the per-vCPU MMIO cache',
  release: 'stable kernels of 2026',
  cause: 'f481b069e674',
  broke:
    'A vCPU that had used a gfn as MMIO in one of the two address spaces went on doing so in the ' +
    'other one, or after memory had been put there for SMM.',
  eras: ['v6.12'],
  unfixed: ['v5.11'],
  edits: [
    {
      function: 'vcpu_cache_mmio_info',
      anchor: 'kvm_vcpu_memslots(vcpu).generation',
      replacement: 'vcpu.kvm!.memslots[0]!.generation',
    },
    {
      function: 'vcpu_match_mmio_gen',
      anchor: 'kvm_vcpu_memslots(vcpu).generation',
      replacement: 'vcpu.kvm!.memslots[0]!.generation',
    },
  ],
  breaks: ['stale-after-update'],
  ownScenarios: ['address-spaces/a-slot-of-smm-is-seen', 'address-spaces/memory-of-smm-is-no-mmio'],
  shownBy: 'sequence',
};
