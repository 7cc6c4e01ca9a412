// SPDX-License-Identifier: GPL-2.0-only
// What if MMIO SPTEs are marked by a reserved bit on a processor that has none? Bit 51 is part of
// the address there, and the entry looks like one of memory. e30a7d623dcc ("KVM: x86/mmu: Apply max
// PA check for MMIO sptes to 32-bit KVM") mended it for 32-bit hosts, the last that did not look.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'mmio-spte-without-reserved-bit',
  commit: 'e30a7d623dcc',
  subject: 'KVM: x86/mmu: Apply max PA check for MMIO sptes to 32-bit KVM',
  release: 'v5.6',
  cause: null,
  broke:
    'On a 32-bit host with 52 address bits an MMIO SPTE of shadow paging or NPT was a valid ' +
    'entry: the guest reached an address of the host instead of the emulator.',
  eras: ['v6.12'],
  unfixed: [],
  edits: [
    {
      function: 'kvm_mmu_reset_all_pte_masks',
      anchor: 'config().maxphyaddr < 52',
      replacement: 'config().maxphyaddr <= 52',
    },
  ],
  breaks: ['no-mapping-after-flush'],
  ownScenarios: ['mmio-cache/without-reserved-bits-nothing-is-cached'],
  shownBy: 'sequence',
};
