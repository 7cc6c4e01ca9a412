// SPDX-License-Identifier: GPL-2.0-only
// What did kvm_gfn_to_hva_cache_init() say, before f1b9dd5eb86c ("kvm: Disallow wraparound in
// kvm_gfn_to_hva_cache_init"), of a range that goes on behind the last address there is? That all
// of it was found: its end lies before its beginning, so that not one page of it was looked at.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'wraparound-in-hva-cache',
  commit: 'f1b9dd5eb86c',
  subject: 'kvm: Disallow wraparound in kvm_gfn_to_hva_cache_init',
  release: 'v5.0',
  cause: null,
  broke: 'A range of guest memory was accepted, and kept for later use, that lies nowhere.',
  eras: ['v5.11', 'v6.12'],
  unfixed: ['v3.16', 'v3.17', 'v3.19'],
  edits: [
    {
      function: '__kvm_gfn_to_hva_cache_init',
      anchor:
        'if (start_gfn > end_gfn) {\n    ghc.hva = KVM_HVA_ERR_BAD;\n    return -EINVAL;\n  }',
      replacement: '',
    },
  ],
  breaks: ['hva-cache-exact'],
  ownScenarios: ['mapping/a-page-that-kvm-uses-often-is-looked-up-again'],
  shownBy: 'sequence',
};
