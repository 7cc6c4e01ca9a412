// SPDX-License-Identifier: GPL-2.0-only
// Who notices that the numbers in SPTEs come round? The hook, after every update.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'hook-omitted',
  kind: 'operator',
  does: 'does not call kvm_arch_memslots_updated() any more',
  breaks: ['zap-before-reuse'],
  question: 'Who zaps MMIO SPTEs when the generation wraps, without kvm_arch_memslots_updated()?',
  pieces: [{ functions: ['install_new_memslots'], lost: /kvm_arch_memslots_updated\(/ }],
  examples: [['kvm_swap_active_memslots', '-\tkvm_arch_memslots_updated(kvm, gen);']],
  counterexamples: [
    [
      'kvm_swap_active_memslots',
      '-\tkvm_arch_memslots_updated(kvm, gen);',
      '+\tkvm_arch_memslots_updated(kvm, new_gen);',
    ],
  ],
};
