// SPDX-License-Identifier: GPL-2.0-only
// Where did a lookup end before b6467ab142b7 ("KVM: Check validity of resolved slot when searching
// memslots"), if the gfn lies below all slots? At the entry behind the last one, which it read. The
// bug is put back by leaving out the guard.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'search-past-the-end',
  commit: 'b6467ab142b7',
  subject: 'KVM: Check validity of resolved slot when searching memslots',
  release: 'v5.7',
  cause:
    '9c1a5d38780e, in v3.19; hidden until 36947254e5f9, in v5.7, made arrays as short as they are',
  broke:
    'Every access of the guest below its lowest slot made KVM read memory that belongs to ' +
    'somebody else. While arrays had their full length it read an unused entry, which did no harm.',
  eras: ['v5.11'],
  unfixed: [],
  edits: [
    {
      function: 'search_memslots',
      anchor: 'start < slots.used_slots &&',
      replacement: '',
    },
  ],
  breaks: ['lookup-equals-scan'],
  ownScenarios: ['memslots/a-full-array-has-an-end', 'memslots/a-lookup-finds-what-a-scan-finds'],
  shownBy: 'sequence',
};
