// SPDX-License-Identifier: GPL-2.0-only
// What did a vCPU think, up to v4.2, that exited on an MMIO SPTE and found one of memory in its
// place? That KVM has a bug. Since SPTEs become stale by their number alone, it is a slot that was
// just created, and another vCPU that used it first. ("KVM: MMU: fix validation of mmio page fault"
// mended it; its id, believed to be 6f691251c035, is not confirmed.)

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'mapping-taken-for-bug',
  commit: null,
  subject: 'KVM: MMU: fix validation of mmio page fault',
  release: 'v4.3',
  cause: 'v3.11, with SPTEs that become stale by their number',
  broke:
    'A guest that had just got memory where it had MMIO was stopped, with a warning, if two of ' +
    'its vCPUs used the memory at once.',
  eras: ['v5.11', 'v6.12'],
  unfixed: ['v3.16', 'v3.17', 'v3.19'],
  edits: [
    {
      function: 'handle_mmio_page_fault',
      anchor: 'return RET_PF_RETRY;',
      replacement:
        'if (WARN_ON(direct && spte.val !== 0n)) return -EINVAL;\n\n  return RET_PF_RETRY;',
    },
  ],
  editsOf: {
    'v6.12': [
      {
        function: 'handle_mmio_page_fault',
        anchor: 'return RET_PF_RETRY;',
        replacement:
          'if (WARN_ON_ONCE(direct && spte !== SHADOW_NONPRESENT_VALUE)) return -EINVAL;\n\n' +
          '  return RET_PF_RETRY;',
      },
    ],
  },
  breaks: ['no-kernel-warning'],
  ownScenarios: ['mmio-cache/memory-met-by-a-fault-is-no-bug'],
  shownBy: 'interleaving',
};
