// SPDX-License-Identifier: GPL-2.0-only
// Must the install be written as the kernel writes it? A helper makes both increments.

import type { Control } from '#mutation/mutant';

export const control: Control = {
  name: 'increments-by-helper',
  eras: ['v3.17', 'v3.19'],
  harmless:
    'Both increments are made where they were; the first one by a store more, before publication.',
  edits: [
    {
      function: 'install_new_memslots',
      anchor: 'slots.generation = old_memslots.generation + 1n;',
      replacement: [
        'const advance = () => {',
        '    slots.generation += 1n;',
        '  };',
        '  slots.generation = old_memslots.generation;',
        '  advance();',
      ].join('\n'),
    },
    { function: 'install_new_memslots', anchor: 'slots.generation++;', replacement: 'advance();' },
  ],
};
