// SPDX-License-Identifier: GPL-2.0-only
// Must both ends of a change by the host find the same slots? What one counts the other gives back.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'notifier-sees-two-sets',
  kind: 'regression',
  does: 'does not wait for MMU notifiers that are under way before memslots are swapped',
  breaks: [],
  question:
    'Can range_start() and range_end() of one invalidation see different memslots? Then ' +
    'its count is never given back.',
  pieces: [{ functions: ['install_new_memslots'], lost: /mn_active_invalidate_count/ }],
  examples: [['kvm_swap_active_memslots', '-\twhile (kvm->mn_active_invalidate_count) {']],
  counterexamples: [
    [
      'kvm_swap_active_memslots',
      '-\twhile (kvm->mn_active_invalidate_count) {',
      '+\twhile (kvm->mn_active_invalidate_count > 0) {',
    ],
  ],
};
