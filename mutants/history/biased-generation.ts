// SPDX-License-Identifier: GPL-2.0-only
// What if the second increment comes without its preparation, 00f034a12fdd ("KVM: do not bias the
// generation number in kvm_current_mmio_generation")? The bias that the reader added to reach an
// early wrap is odd: every number at rest then looks as if an update were under way.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'biased-generation',
  commit: '00f034a12fdd',
  subject: 'KVM: do not bias the generation number in kvm_current_mmio_generation',
  release: 'v3.17',
  cause: null,
  broke:
    'With the bias left in the reader, MMIO SPTEs are never found valid at rest and are found ' +
    'valid while an update is under way: the cache does nothing, except when it must not.',
  eras: ['v3.17', 'v3.19'],
  unfixed: [],
  edits: [
    {
      function: 'kvm_current_mmio_generation',
      anchor: 'kvm_memslots(kvm).generation',
      replacement: '(kvm_memslots(kvm).generation + BigInt(MMIO_GEN_MASK() - 150))',
    },
  ],
  breaks: ['cache-effective-at-rest', 'no-in-flux-tag'],
  ownScenarios: [
    'generation/a-number-in-flux-is-never-valid',
    'mmio-cache/a-second-access-hits',
    'spte/numbers-in-flux-never-match',
  ],
  shownBy: 'sequence',
};
