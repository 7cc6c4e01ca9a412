// SPDX-License-Identifier: GPL-2.0-only
// Why does the second increment stand behind the grace period? Only then has every vCPU left the
// section in which it decided on the old slots.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'second-increment-before-sync',
  kind: 'operator',
  does: 'stores the final generation before the grace period',
  breaks: ['stale-after-update'],
  question:
    'Is the final generation visible before synchronize_srcu() returns? A vCPU that is ' +
    'still in its read-side section would tag an old decision with it.',
  pieces: [
    {
      functions: ['install_new_memslots'],
      nowBefore: [/->generation(\+\+;|\+=|=gen;)/, /synchronize_srcu(_expedited)?\(/],
    },
  ],
  examples: [
    [
      'install_new_memslots',
      '+\tslots->generation++;',
      ' \tsynchronize_srcu_expedited(&kvm->srcu);',
      '-\tslots->generation++;',
    ],
    [
      'kvm_swap_active_memslots',
      '-\tsynchronize_srcu_expedited(&kvm->srcu);',
      ' \tslots->generation = gen;',
      '+\tsynchronize_srcu_expedited(&kvm->srcu);',
    ],
  ],
  counterexamples: [
    [
      'install_new_memslots',
      '-\tsynchronize_srcu_expedited(&kvm->srcu);',
      '+\tsynchronize_srcu(&kvm->srcu);',
      ' \tslots->generation++;',
    ],
  ],
};
