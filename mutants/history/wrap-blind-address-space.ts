// SPDX-License-Identifier: GPL-2.0-only
// How was it told before e1359e2beb8b ("KVM: x86/mmu: Detect MMIO generation wrap in any address
// space") that numbers come again? By a number of 0. The numbers of an address space keep its index
// in their lowest bits, so that of the second one is never 0. The bug is put back by looking at all
// bits.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'wrap-blind-address-space',
  commit: 'e1359e2beb8b',
  subject: 'KVM: x86/mmu: Detect MMIO generation wrap in any address space',
  release: 'v5.1',
  cause: 'v4.2, with the second address space',
  broke:
    'One of the two address spaces never had its MMIO SPTEs zapped: after a whole round of ' +
    'numbers an SPTE of long ago was valid again, and memory was taken for MMIO.',
  eras: ['v5.11', 'v6.12'],
  unfixed: [],
  edits: [
    {
      function: 'kvm_mmu_invalidate_mmio_sptes',
      anchor: 'gen &= ~(BigInt(KVM_ADDRESS_SPACE_NUM()) - 1n);',
      replacement: '',
    },
  ],
  editsOf: {
    'v6.12': [
      {
        function: 'kvm_mmu_invalidate_mmio_sptes',
        anchor: 'gen &= ~(BigInt(kvm_arch_nr_memslot_as_ids(kvm)) - 1n);',
        replacement: '',
      },
    ],
  },
  breaks: ['zap-before-reuse'],
  ownScenarios: ['generation/no-number-comes-again-to-an-old-entry'],
  shownBy: 'sequence',
};
