// SPDX-License-Identifier: GPL-2.0-only
// What may be tagged with the current number? Only what was decided at it. Upstream's
// sync_mmio_spte() does it without a lookup already; a second place would be new.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'remark-without-lookup',
  kind: 'operator',
  does: 'writes the current generation into an MMIO SPTE that was not looked up again',
  breaks: ['no-retag-without-lookup', 'stale-after-update'],
  question:
    'Were the memslots looked up at the number that the SPTE is tagged with? Else an ' +
    'entry from before an update becomes valid again.',
  pieces: [
    {
      functions: ['sync_mmio_spte', 'check_mmio_spte', 'handle_mmio_page_fault'],
      gained: /mark_mmio_spte\(/,
    },
  ],
  examples: [
    [
      'check_mmio_spte',
      '+\tif (kvm_gen != spte_gen)',
      '+\t\tmark_mmio_spte(vcpu, sptep, gfn, access);',
    ],
  ],
  counterexamples: [
    [
      'sync_mmio_spte',
      '-\t\tmark_mmio_spte(vcpu, sptep, gfn, access);',
      '+\t\tmark_mmio_spte(vcpu, sptep, gfn, pte_access);',
    ],
  ],
};
