// SPDX-License-Identifier: GPL-2.0-only
// Is the order of stores to an unpublished set judged? The set gets its number after its entries.

import type { Control } from '#mutation/mutant';

export const control: Control = {
  name: 'number-after-entries',
  eras: ['v3.17'],
  harmless: 'Nobody else can see the set before it is published, so its stores have no order.',
  edits: [
    {
      function: 'install_new_memslots',
      anchor: 'slots.generation = old_memslots.generation + 1n;',
      replacement: 'update_memslots(slots, new_);',
    },
    {
      function: 'install_new_memslots',
      anchor: 'update_memslots(slots, new_);',
      replacement: 'slots.generation = old_memslots.generation + 1n;',
    },
  ],
};
