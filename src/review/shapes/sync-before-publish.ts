// SPDX-License-Identifier: GPL-2.0-only
// What is a grace period worth that ends before the pointer changes? Readers that come after it may
// still take the old set.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'sync-before-publish',
  kind: 'operator',
  does: 'waits for readers before the new memslots are published',
  breaks: ['stale-after-update', 'protected-access'],
  question:
    'Who waits for the readers of the old memslots, if the grace period ends before the ' +
    'new ones are published?',
  pieces: [
    {
      functions: ['install_new_memslots'],
      nowBefore: [/synchronize_srcu(_expedited)?\(/, /rcu_assign_pointer\(/],
    },
  ],
  examples: [
    [
      'install_new_memslots',
      '+\tsynchronize_srcu_expedited(&kvm->srcu);',
      ' \trcu_assign_pointer(kvm->memslots, slots);',
      '-\tsynchronize_srcu_expedited(&kvm->srcu);',
    ],
  ],
  counterexamples: [
    [
      'install_new_memslots',
      '-\tsynchronize_srcu_expedited(&kvm->srcu);',
      ' \tslots->generation++;',
      '+\tsynchronize_srcu_expedited(&kvm->srcu);',
    ],
  ],
};
