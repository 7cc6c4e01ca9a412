// SPDX-License-Identifier: GPL-2.0-only
// Could a slot that is bound to a file of private memory lose the flag that says so, before
// 9935df5333aa ("KVM: Disallow toggling KVM_MEM_GUEST_MEMFD on an existing memslot")? Yes, by a
// call without the flag: only calls that had it were refused. The bug is put back in the comparison
// of the flags.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'memfd-flag-toggled',
  commit: '9935df5333aa',
  subject: 'KVM: Disallow toggling KVM_MEM_GUEST_MEMFD on an existing memslot',
  release: 'v6.19',
  cause: 'a7800aa80ea4, in v6.8',
  broke:
    'The file stayed bound to a slot that was freed: when it was closed, the kernel wrote to ' +
    'memory that belonged to somebody else.',
  eras: ['v6.12'],
  unfixed: [],
  edits: [
    {
      function: '__kvm_set_memory_region',
      anchor: '(KVM_MEM_READONLY | KVM_MEM_GUEST_MEMFD)',
      replacement: 'KVM_MEM_READONLY',
    },
  ],
  breaks: ['arguments-checked'],
  ownScenarios: ['ioctl/memory-of-a-file-stays-so'],
  shownBy: 'sequence',
};
