// SPDX-License-Identifier: GPL-2.0-only
// What did a walk of the page table say, before 2aa078932ff6 ("KVM: x86/mmu: Use -1 to flag an
// undefined spte in get_mmio_spte()"), that read no entry at all? That it had read one at the level
// where it would have begun. The bug is put back there. (By the commit's text this cannot happen:
// no processor reports a reserved bit in a table whose top is absent.)

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'undefined-walk-result',
  commit: '2aa078932ff6',
  subject: 'KVM: x86/mmu: Use -1 to flag an undefined spte in get_mmio_spte()',
  release: 'v5.11',
  cause: null,
  broke:
    'What lay on the stack was taken for a page table entry; if it looked like one of MMIO, the ' +
    'access was emulated at an address that nobody had asked for.',
  eras: ['v5.11', 'v6.12'],
  unfixed: [],
  edits: [
    {
      function: 'get_walk',
      anchor: 'let leaf = -1;',
      replacement: 'let leaf = PG_LEVEL_4K;',
    },
  ],
  editsOf: {
    'v6.12': [
      {
        function: 'get_walk',
        anchor: 'let leaf = -1;',
        replacement: 'let leaf = 1;',
      },
    ],
  },
  breaks: ['undefined-is-not-mmio'],
  ownScenarios: ['mmio-cache/a-walk-that-finds-nothing-says-so'],
  shownBy: 'sequence',
};
