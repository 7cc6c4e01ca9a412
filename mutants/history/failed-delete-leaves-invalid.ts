// SPDX-License-Identifier: GPL-2.0-only
// What was left of a slot whose deletion or move failed, before "KVM: Reinstall old memslots if
// arch preparation fails"? An invalid slot, published for good. The id of the commit is not
// confirmed.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'failed-delete-leaves-invalid',
  commit: null,
  subject: 'KVM: Reinstall old memslots if arch preparation fails',
  release: 'v5.7',
  cause: 'bc6678a33d9b',
  broke:
    'A deletion or a move of a slot that failed left the slot invalid: the guest had lost its ' +
    'memory, though userspace was told that nothing had changed.',
  eras: ['v6.12'],
  unfixed: ['v3.16', 'v3.17'],
  edits: [
    {
      function: 'kvm_set_memslot',
      anchor: `    kvm_activate_memslot(kvm, invalid_slot, old);
    kfree(invalid_slot);
  } else {`,
      replacement: `    mutex_unlock(kvm.slots_arch_lock);
  } else {`,
    },
  ],
  breaks: ['failed-update-restores'],
  shownBy: 'sequence',
};
