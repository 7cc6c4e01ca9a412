// SPDX-License-Identifier: GPL-2.0-only
// When were MMIO SPTEs zapped before 152482580a1b ("KVM: Call kvm_arch_memslots_updated() before
// updating memslots")? After the new number was stored. If that number had been used before, a vCPU
// in between found an SPTE of that time valid. The bug is put back as the old order of the two
// statements.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'zap-after-wrapped-store',
  commit: '152482580a1b',
  subject: 'KVM: Call kvm_arch_memslots_updated() before updating memslots',
  release: 'v5.1',
  cause: 'v3.12, with the hook itself (e59dbe09f8e6)',
  broke:
    'When the numbers in SPTEs came round, an access could be decided by an SPTE that was as old ' +
    'as a whole round, and be emulated as MMIO where there was memory.',
  eras: ['v5.11', 'v6.12'],
  unfixed: ['v3.17', 'v3.19'],
  edits: [
    {
      function: 'install_new_memslots',
      anchor: 'kvm_arch_memslots_updated(kvm, gen);',
      replacement: 'slots.generation = gen;',
    },
    {
      function: 'install_new_memslots',
      anchor: 'slots.generation = gen;',
      replacement: 'kvm_arch_memslots_updated(kvm, gen);',
    },
  ],
  editsOf: {
    'v6.12': [
      {
        function: 'kvm_swap_active_memslots',
        anchor: 'kvm_arch_memslots_updated(kvm, gen);',
        replacement: 'slots.generation = gen;',
      },
      {
        function: 'kvm_swap_active_memslots',
        anchor: 'slots.generation = gen;',
        replacement: 'kvm_arch_memslots_updated(kvm, gen);',
      },
    ],
  },
  breaks: ['zap-before-reuse'],
  ownScenarios: ['generation/old-entries-are-gone-before-reuse'],
  shownBy: 'interleaving',
};
