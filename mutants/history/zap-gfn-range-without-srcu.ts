// SPDX-License-Identifier: GPL-2.0-only
// Who kept the slots from being freed that kvm_zap_gfn_range() walks, before b59a87c1ba3c ("KVM:
// x86: Take SRCU in kvm_zap_gfn_range()")? Nobody, where its caller held no lock of the slots
// either.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'zap-gfn-range-without-srcu',
  commit: 'b59a87c1ba3c',
  subject: 'KVM: x86: Take SRCU in kvm_zap_gfn_range()',
  release: 'stable kernels of 2026',
  cause: null,
  broke:
    'The slots were walked outside of a read-side section: an update could free one of them ' +
    'while its gfns were being zapped.',
  eras: ['v6.12'],
  unfixed: [],
  edits: [
    {
      function: 'kvm_zap_gfn_range',
      anchor: 'const idx = srcu_read_lock(kvm.srcu);',
      replacement: '',
    },
    {
      function: 'kvm_zap_gfn_range',
      anchor: 'srcu_read_unlock(kvm.srcu, idx);',
      replacement: '',
    },
  ],
  breaks: ['protected-access'],
  ownScenarios: ['mapping/zapping-a-range-leaves-the-rest'],
  shownBy: 'sequence',
};
