// SPDX-License-Identifier: GPL-2.0-only
// Which pages were logged as dirty when KVM wrote to two of them at once, up to v4.0? The first
// one, if both lay in one slot: a range was taken for one of a single page as long as the slot went
// on behind it. (3.19.8 has the change. "KVM: use slowpath for cross page cached accesses" is
// believed to have made it, in v4.1; its id, believed to be ca3f0874723f, is not confirmed, and
// neither is the subject.) Later eras compare elsewhere: the old comparison has no place in them.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'second-page-not-logged',
  commit: null,
  subject: 'KVM: use slowpath for cross page cached accesses',
  release: 'v4.1',
  cause: null,
  broke:
    'What KVM had written to the second page was missing after a live migration, since the page ' +
    'was not sent once more.',
  eras: ['v3.19'],
  unfixed: ['v3.16', 'v3.17'],
  edits: [
    {
      function: 'kvm_gfn_to_hva_cache_init',
      anchor: 'ghc.hva = gfn_to_hva_many(ghc.memslot, start_gfn, null);',
      replacement: 'ghc.hva = gfn_to_hva_many(ghc.memslot, start_gfn, nr_pages_avail);',
    },
    {
      function: 'kvm_gfn_to_hva_cache_init',
      anchor: 'nr_pages_needed <= 1n',
      replacement: 'nr_pages_avail.n >= nr_pages_needed',
    },
  ],
  breaks: ['hva-cache-exact'],
  ownScenarios: ['mapping/a-page-that-kvm-uses-often-is-looked-up-again'],
  shownBy: 'sequence',
};
