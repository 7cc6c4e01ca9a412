// SPDX-License-Identifier: GPL-2.0-only
// What if nobody waits for readers? The old set is freed or written while they use it.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'no-sync',
  kind: 'operator',
  does: 'drops the grace period',
  breaks: ['protected-access', 'stale-after-update'],
  question: 'What makes sure that no vCPU still uses the old memslots, without the grace period?',
  pieces: [{ functions: ['install_new_memslots'], lost: /synchronize_srcu(_expedited)?\(/ }],
  examples: [['install_new_memslots', '-\tsynchronize_srcu_expedited(&kvm->srcu);']],
  counterexamples: [
    [
      'install_new_memslots',
      '-\tsynchronize_srcu(&kvm->srcu);',
      '+\tsynchronize_srcu_expedited(&kvm->srcu);',
    ],
  ],
};
