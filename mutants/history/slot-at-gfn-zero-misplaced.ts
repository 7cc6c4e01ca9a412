// SPDX-License-Identifier: GPL-2.0-only
// Where did a slot at gfn 0 go before efbeec7098ee ("kvm: fix sorting of memslots with base_gfn ==
// 0")? It stayed behind unused entries, which have gfn 0 as well. The bug is put back in the one
// comparison; what the commit wrote around the loop only keeps the new comparison from moving
// deleted slots, which the old one never did.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'slot-at-gfn-zero-misplaced',
  commit: 'efbeec7098ee',
  subject: 'kvm: fix sorting of memslots with base_gfn == 0',
  release: 'v3.19',
  cause: '0e60b0799fed, in the same release',
  broke:
    'After a slot was deleted, one that was created at gfn 0 could lie behind an unused entry, ' +
    'where walks over the slots do not come: the guest had no memory at gfn 0.',
  eras: ['v3.19'],
  unfixed: [],
  edits: [
    {
      function: 'update_memslots',
      anchor: 'new_.base_gfn >= mslots[i - 1]!.base_gfn',
      replacement: 'new_.base_gfn > mslots[i - 1]!.base_gfn',
    },
  ],
  breaks: ['sorted-used-prefix'],
  ownScenarios: ['memslots/slots-that-change-places-are-found'],
  shownBy: 'sequence',
};
