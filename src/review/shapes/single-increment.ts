// SPDX-License-Identifier: GPL-2.0-only
// What tells old decisions from new ones after an update? The number that is stored last. Without
// it, whatever a vCPU tagged during the update stays valid.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'single-increment',
  kind: 'regression',
  does: 'drops the second increment',
  breaks: [],
  question:
    'Is it still safe without the second increment? A vCPU that decided on the old ' +
    'memslots could then tag its MMIO cache with the number that is also the final one.',
  pieces: [{ functions: ['install_new_memslots'], lost: /generation(\+\+;|\+=)/ }],
  examples: [
    ['install_new_memslots', '-\tslots->generation++;'],
    ['install_new_memslots', '-\tslots->generation += KVM_ADDRESS_SPACE_NUM * 2 - 1;'],
  ],
  counterexamples: [
    ['install_new_memslots', '-\tslots->generation++;', '+\tslots->generation++; /* even again */'],
    ['install_new_memslots', '-\tslots->generation++;', '+\tnew->generation++;'],
  ],
};
