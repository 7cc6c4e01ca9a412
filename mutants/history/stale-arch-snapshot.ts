// SPDX-License-Identifier: GPL-2.0-only
// What did an update know of the arch fields of a slot, before bda44d844758 ("KVM: Ensure local
// memslot copies operate on up-to-date arch-specific data")? What they held before it let go of the
// lock that protects them: what others wrote meanwhile was lost.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'stale-arch-snapshot',
  commit: 'bda44d844758',
  subject: 'KVM: Ensure local memslot copies operate on up-to-date arch-specific data',
  release: 'v5.16',
  cause: 'b10a038e84d1',
  broke:
    'A slot whose deletion or move failed lost the memory that a vCPU had given it meanwhile for ' +
    'its rmap, and the next fault of a nested guest on it followed a null pointer.',
  eras: ['v6.12'],
  unfixed: [],
  edits: [
    {
      function: 'kvm_invalidate_memslot',
      anchor: 'assign(old.arch, invalid_slot.arch);',
      replacement: '',
    },
  ],
  breaks: ['arch-writes-survive'],
  ownScenarios: ['arch-writer/an-update-loses-no-memory-of-a-slot'],
  shownBy: 'interleaving',
};
