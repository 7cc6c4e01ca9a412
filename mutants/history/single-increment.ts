// SPDX-License-Identifier: GPL-2.0-only
// What did an update of the memslots do before ee3d1570b586 ("kvm: fix potentially corrupt mmio
// cache")? It made one increment, before the new set was published. The bug is put back as a double
// increment at that place: leaving the second one out would only leave the number odd, and an odd
// number is never found valid.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'single-increment',
  commit: 'ee3d1570b586',
  subject: 'kvm: fix potentially corrupt mmio cache',
  release: 'v3.17',
  cause: null,
  broke:
    'A vCPU that looked up the old memslots could tag its MMIO cache with the generation of the ' +
    'new ones, and go on treating memory as MMIO after the update had returned.',
  eras: ['v3.17', 'v3.19'],
  unfixed: ['v3.16'],
  edits: [
    {
      function: 'install_new_memslots',
      anchor: 'slots.generation = old_memslots.generation + 1n;',
      replacement: 'slots.generation = old_memslots.generation + 2n;',
    },
    {
      function: 'install_new_memslots',
      anchor: 'slots.generation++;',
      replacement: '',
    },
  ],
  breaks: ['stale-after-update'],
  ownScenarios: ['mmio-cache/a-created-slot-is-seen'],
  shownBy: 'interleaving',
};
