// SPDX-License-Identifier: GPL-2.0-only
// What did the upper field of an MMIO SPTE hold before 34c0f6f2695a ("KVM: mmu: Fix SPTE encoding
// of MMIO generation upper half")? The lower bits of the generation once more, because they were
// not shifted out. The bug is put back in the shift.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'gen-high-half-misplaced',
  commit: '34c0f6f2695a',
  subject: 'KVM: mmu: Fix SPTE encoding of MMIO generation upper half',
  release: 'v5.11',
  cause: 'cae7ed3c2cb0, in v5.1',
  broke:
    'From the 512th number on no MMIO SPTE was ever found valid: every MMIO access of a vCPU ' +
    'that did not remember it itself took the long way. Nothing was stale, so nobody noticed.',
  eras: ['v5.11', 'v6.12'],
  unfixed: [],
  edits: [
    {
      function: 'MMIO_SPTE_GEN_HIGH_SHIFT',
      anchor: 'return MMIO_SPTE_GEN_HIGH_START() - MMIO_SPTE_GEN_LOW_BITS();',
      replacement: 'return MMIO_SPTE_GEN_HIGH_START();',
    },
  ],
  editsOf: {
    'v6.12': [
      {
        function: 'MMIO_SPTE_GEN_HIGH_SHIFT',
        anchor: 'MMIO_SPTE_GEN_HIGH_START - MMIO_SPTE_GEN_LOW_BITS()',
        replacement: 'MMIO_SPTE_GEN_HIGH_START',
      },
    ],
  },
  breaks: ['cache-effective-at-rest', 'spte-round-trip'],
  ownScenarios: ['spte/every-generation-comes-back'],
  shownBy: 'sequence',
};
