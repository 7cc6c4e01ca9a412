// SPDX-License-Identifier: GPL-2.0-only
// Why does a slot move past entries that are its equal? An unused entry has the first gfn 0, as a
// slot may have.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'slot-at-gfn-zero-misplaced',
  kind: 'regression',
  does: 'does not move a slot before unused entries of the same first gfn',
  breaks: [],
  question:
    'Where does a slot at gfn 0 end up after another was deleted? Unused entries have ' +
    'base_gfn 0 too.',
  pieces: [
    {
      functions: ['update_memslots'],
      lost: /base_gfn>=|>=\w+\[i-1\]\.base_gfn/,
      gained: /base_gfn>(?!=)|>\w+\[i-1\]\.base_gfn/,
    },
  ],
  examples: [
    [
      'update_memslots',
      '-\t\twhile (i > 0 && new->base_gfn >= mslots[i - 1].base_gfn) {',
      '+\t\twhile (i > 0 && new->base_gfn > mslots[i - 1].base_gfn) {',
    ],
  ],
  counterexamples: [
    [
      'update_memslots',
      '-\t\twhile (i > 0 && new->base_gfn >= mslots[i - 1].base_gfn) {',
      '+\t\twhile (i > 0 &&',
      '+\t\t       new->base_gfn >= mslots[i - 1].base_gfn) {',
    ],
  ],
};
