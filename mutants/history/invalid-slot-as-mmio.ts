// SPDX-License-Identifier: GPL-2.0-only
// What did a fault on a slot do that was being deleted or moved, before e0c378684b65 ("KVM:
// x86/mmu: Retry page faults that hit an invalid memslot")? It counted as a fault on no slot, and
// so as MMIO.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'invalid-slot-as-mmio',
  commit: 'e0c378684b65',
  subject: 'KVM: x86/mmu: Retry page faults that hit an invalid memslot',
  release: 'v5.13',
  cause: null,
  broke:
    'An access to memory that was being deleted or moved went to userspace as MMIO, and its MMIO ' +
    'SPTE could replace one of memory before that was zapped.',
  eras: ['v6.12'],
  unfixed: [],
  edits: [
    {
      function: 'kvm_faultin_pfn',
      anchor: 'if ((slot.flags & KVM_MEMSLOT_INVALID) !== 0) return RET_PF_RETRY;',
      replacement:
        'if ((slot.flags & KVM_MEMSLOT_INVALID) !== 0)\n' +
        '    return kvm_handle_noslot_fault(vcpu, fault, access);',
    },
  ],
  breaks: ['no-mapping-after-flush'],
  ownScenarios: ['memslots/a-deleted-slot-is-gone'],
  shownBy: 'interleaving',
};
