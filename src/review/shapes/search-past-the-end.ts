// SPDX-License-Identifier: GPL-2.0-only
// Where does a search by halves end that finds nothing? One past the last entry, which belongs to
// somebody else where arrays are as short as they can be.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'search-past-the-end',
  kind: 'regression',
  does: 'looks at the entry that a search ends at without asking whether there is one',
  breaks: [],
  question:
    'What does the search look at for a gfn below the lowest slot? It ends at used_slots,' +
    ' one past the last entry.',
  pieces: [
    { functions: ['search_memslots', '__search_memslots'], lost: /start<(slots->)?used_slots/ },
  ],
  examples: [
    [
      'search_memslots',
      '-\tif (start < slots->used_slots && gfn >= memslots[start].base_gfn &&',
      '+\tif (gfn >= memslots[start].base_gfn &&',
    ],
  ],
  counterexamples: [
    [
      'search_memslots',
      '-\tif (start < slots->used_slots && gfn >= memslots[start].base_gfn &&',
      '+\tif (start < slots->used_slots &&',
      '+\t    gfn >= memslots[start].base_gfn &&',
    ],
  ],
};
