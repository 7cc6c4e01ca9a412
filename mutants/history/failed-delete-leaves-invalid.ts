// SPDX-License-Identifier: GPL-2.0-only
// What was left of a slot, up to v5.6, when its deletion or its move failed half way? Its invalid
// copy. The bug is put back by not installing the old slots again. (The id of the commit that
// mended it is not confirmed.)

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'failed-delete-leaves-invalid',
  commit: null,
  subject: 'KVM: Reinstall old memslots if arch preparation fails',
  release: 'v5.7',
  cause: 'bc6678a33d9b9, before v3.12',
  broke:
    'A call that failed for want of memory took the slot from the guest all the same: every ' +
    'later access to it was handled as MMIO.',
  eras: ['v5.11', 'v6.12'],
  unfixed: ['v3.16', 'v3.17', 'v3.19'],
  edits: [
    {
      function: 'kvm_set_memslot',
      anchor:
        'if (change === KVM_MR_DELETE || change === KVM_MR_MOVE)\n' +
        '    slots = install_new_memslots(kvm, as_id, slots);',
      replacement: '',
    },
  ],
  editsOf: {
    'v6.12': [
      {
        function: 'kvm_set_memslot',
        anchor: `    kvm_activate_memslot(kvm, invalid_slot, old);
    kfree(invalid_slot);
  } else {`,
        replacement: `    mutex_unlock(kvm.slots_arch_lock);
  } else {`,
      },
    ],
  },
  breaks: ['failed-update-restores'],
  ownScenarios: ['memslots/a-failed-delete-changes-nothing'],
  shownBy: 'sequence',
};
