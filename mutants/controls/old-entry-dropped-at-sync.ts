// SPDX-License-Identifier: GPL-2.0-only
// Is the corrected rule of sync taken for a bug? A sync drops an MMIO SPTE whose number is old,
// and only one that is still valid is tagged. With it, no sequence launders a stale decision: the
// tests of suites/guest-pages.ts show what each era does with and without it.

import type { Control } from '#mutation/mutant';

export const control: Control = {
  name: 'old-entry-dropped-at-sync',
  eras: ['v3.16', 'v3.17', 'v3.19'],
  harmless:
    'An entry that is not there is made by the next fault, which asks the slots. One that is ' +
    'valid stays.',
  edits: [
    {
      function: 'sync_mmio_spte',
      anchor: 'nr_present.n++;',
      replacement: [
        'if (!check_mmio_spte(kvm, sptep.val)) {',
        '      mmu_spte_clear_no_track(sptep);',
        '      return true;',
        '    }',
        '    nr_present.n++;',
      ].join('\n'),
    },
  ],
};
