// SPDX-License-Identifier: GPL-2.0-only
// What may change in a slot while an update is under way? Its arch fields, under slots_arch_lock: a
// copy of before must be brought up to date.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'stale-arch-snapshot',
  kind: 'regression',
  does: 'does not take over what was written to the arch fields of a slot meanwhile',
  breaks: [],
  question:
    'Which arch fields does the slot have after the update, if somebody writes them under' +
    ' slots_arch_lock in between?',
  pieces: [
    {
      functions: ['kvm_memslot_delete', 'kvm_set_memslot'],
      lost: /->arch=|kvm_copy_memslots_arch\(/,
    },
  ],
  examples: [['kvm_invalidate_memslot', '-\told->arch = invalid_slot->arch;']],
  counterexamples: [
    [
      'kvm_invalidate_memslot',
      '-\told->arch = invalid_slot->arch;',
      '+\told->arch = invalid->arch;',
    ],
  ],
};
