// SPDX-License-Identifier: GPL-2.0-only
// Where did the upper field of the generation begin before 56871d444bc4 ("KVM: x86: fix overlap
// between SPTE_MMIO_MASK and generation")? At the two bits that say that an SPTE is one of MMIO.
// The bug is put back as the two ends of the field. (v6.12 tells the kind by the value of an SPTE
// and has the bits for the generation.)

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'generation-over-kind',
  commit: '56871d444bc4',
  subject: 'KVM: x86: fix overlap between SPTE_MMIO_MASK and generation',
  release: 'v5.6',
  cause: '6eeb4ef049e7, in v5.4',
  broke:
    'The number that an MMIO SPTE was given was read back as another one, so that it was never ' +
    'found valid, and a number could say of an SPTE what it is.',
  eras: ['v5.11'],
  unfixed: [],
  edits: [
    {
      function: 'MMIO_SPTE_GEN_HIGH_START',
      anchor: 'return 54n;',
      replacement: 'return 52n;',
    },
    {
      function: 'MMIO_SPTE_GEN_HIGH_END',
      anchor: '? 62n :',
      replacement: '? 61n :',
    },
  ],
  breaks: ['cache-effective-at-rest', 'spte-fields-disjoint', 'spte-round-trip'],
  ownScenarios: [],
  shownBy: 'sequence',
};
