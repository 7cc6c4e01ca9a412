// SPDX-License-Identifier: GPL-2.0-only
// What does a walk return that visits nothing? It must say so: what lies on the stack may look like
// an entry.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'undefined-walk-result',
  kind: 'regression',
  does: 'does not say when a walk of the page tables found nothing',
  breaks: [],
  question: 'What is in the SPTE if the walk visits no level?',
  pieces: [{ functions: ['get_walk', 'get_mmio_spte'], lost: /=-1;/ }],
  examples: [['get_walk', '-\tint leaf = -1;', '+\tint leaf = PG_LEVEL_4K;']],
  counterexamples: [['get_walk', '-\tint leaf = -1;', '+\tint level, leaf = -1;']],
};
