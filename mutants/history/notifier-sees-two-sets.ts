// SPDX-License-Identifier: GPL-2.0-only
// What did an update do while the host was changing memory, before 52ac8b358b0c ("KVM: Block
// memslot updates across range_start() and range_end()")? It went on. That was right as long as
// every change was counted; 071064f14d87 counts it only where a slot is, and so needs the update to
// wait.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'notifier-sees-two-sets',
  commit: '52ac8b358b0c',
  subject: 'KVM: Block memslot updates across range_start() and range_end()',
  release: 'v5.15',
  cause: '071064f14d87 without it',
  broke:
    'The end of a change by the host could find other slots than its start: the change was ' +
    'counted and never given back, and every fault on its pages was tried again for ever.',
  eras: ['v6.12'],
  unfixed: [],
  edits: [
    {
      function: 'kvm_swap_active_memslots',
      anchor: 'while (kvm.mn_active_invalidate_count !== 0n) {',
      replacement: 'while (false) {',
    },
  ],
  breaks: ['notifier-balance'],
  ownScenarios: ['notifier/a-change-by-the-host-ends'],
  shownBy: 'interleaving',
};
