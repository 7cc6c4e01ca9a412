// SPDX-License-Identifier: GPL-2.0-only
// What if the number of an update is only cleared of its flag, and not advanced? Then the number
// that was current before the update is current again after it.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'drop-second-clear-flag',
  kind: 'operator',
  does: 'does not advance the generation after the grace period',
  breaks: ['stale-after-update', 'generation-monotonic'],
  question:
    'Which number tells what was cached before the update from what is cached after it, ' +
    'if the generation does not advance?',
  pieces: [{ functions: ['kvm_swap_active_memslots'], lost: /\bgen(eration)?\+=/ }],
  examples: [['kvm_swap_active_memslots', '-\tgen += kvm_arch_nr_memslot_as_ids(kvm);']],
  counterexamples: [
    [
      'kvm_swap_active_memslots',
      '-\tgen += KVM_ADDRESS_SPACE_NUM;',
      '+\tgen += kvm_arch_nr_memslot_as_ids(kvm);',
    ],
  ],
};
