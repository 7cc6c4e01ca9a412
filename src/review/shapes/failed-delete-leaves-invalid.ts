// SPDX-License-Identifier: GPL-2.0-only
// What must be undone when a deletion fails half-way? The invalid set that was installed first.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'failed-delete-leaves-invalid',
  kind: 'regression',
  does: 'does not put the old memslots back when an update fails',
  breaks: [],
  question: 'What do readers see after a failed deletion, if the slot stays marked as invalid?',
  pieces: [
    {
      functions: ['kvm_set_memslot'],
      lost: /slots=install_new_memslots\(kvm,as_id,slots|kvm_activate_memslot\(kvm,invalid_slot,/,
    },
  ],
  examples: [
    [
      'kvm_set_memslot',
      '-\tif (change == KVM_MR_DELETE || change == KVM_MR_MOVE)',
      '-\t\tslots = install_new_memslots(kvm, as_id, slots);',
    ],
    ['kvm_set_memslot', '-\t\t\tkvm_activate_memslot(kvm, invalid_slot, old);'],
  ],
  counterexamples: [
    [
      'kvm_set_memslot',
      '-\t\tslots = install_new_memslots(kvm, as_id, slots);',
      '+\t\tslots = install_new_memslots(kvm, as_id, slots); /* undo */',
    ],
  ],
};
