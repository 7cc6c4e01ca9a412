// SPDX-License-Identifier: GPL-2.0-only
// Why is slots_arch_lock given back before the grace period? Readers take it inside the sections
// that the grace period waits for.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'arch-lock-across-sync',
  kind: 'operator',
  does: 'holds slots_arch_lock over the grace period',
  breaks: ['progress'],
  question:
    'Can a reader wait for slots_arch_lock inside its SRCU section? Then ' +
    'synchronize_srcu() never returns.',
  pieces: [
    {
      functions: ['install_new_memslots'],
      nowBefore: [/synchronize_srcu(_expedited)?\(/, /mutex_unlock\(&kvm->slots_arch_lock/],
    },
  ],
  examples: [
    [
      'kvm_swap_active_memslots',
      '-\tmutex_unlock(&kvm->slots_arch_lock);',
      ' \tsynchronize_srcu_expedited(&kvm->srcu);',
      '+\tmutex_unlock(&kvm->slots_arch_lock);',
    ],
  ],
  counterexamples: [
    [
      'kvm_swap_active_memslots',
      '+\t/* Readers take it. */',
      ' \tmutex_unlock(&kvm->slots_arch_lock);',
      ' \tsynchronize_srcu_expedited(&kvm->srcu);',
    ],
  ],
};
