// SPDX-License-Identifier: GPL-2.0-only
// Is the corrected rule of sync taken for a bug? A sync drops an MMIO SPTE whose number is old,
// and only one that is still valid is tagged. With it, no sequence launders a stale decision: the
// tests of suites/guest-pages.ts show what each era does with and without it.

import type { AnchoredEdit, Control } from '#mutation/mutant';

/** Where the function tags the entry anew, it drops one that is not valid any more. */
function dropped(owner: 'kvm' | 'vcpu', anchor: string): AnchoredEdit[] {
  const replacement = [
    `if (!check_mmio_spte(${owner}, sptep.val)) {`,
    '      mmu_spte_clear_no_track(sptep);',
    '      return true;',
    '    }',
    `    ${anchor}`,
  ].join('\n');
  return [{ function: 'sync_mmio_spte', anchor, replacement }];
}

export const control: Control = {
  name: 'old-entry-dropped-at-sync',
  eras: ['v3.16', 'v3.17', 'v3.19', 'v5.11', 'v6.12'],
  harmless:
    'An entry that is not there is made by the next fault, which asks the slots. One that is ' +
    'valid stays.',
  edits: dropped('kvm', 'nr_present.n++;'),
  editsOf: {
    'v5.11': dropped('vcpu', 'nr_present.n++;'),
    'v6.12': dropped('vcpu', 'mark_mmio_spte(vcpu, sptep, gfn, access);'),
  },
};
