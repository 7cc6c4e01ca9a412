// SPDX-License-Identifier: GPL-2.0-only
// What became of the dirty bitmap of a slot that could not be created, before c87661f855c3 ("KVM:
// Free new dirty bitmap if creating a new memslot fails")? The error path asked what the old slot
// had, and there was none to ask. The bug is put back in the condition.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'new-bitmap-leaked',
  commit: 'c87661f855c3',
  subject: 'KVM: Free new dirty bitmap if creating a new memslot fails',
  release: 'v5.18',
  cause: '244893fa2859, in v5.17',
  broke:
    'Each creation of a slot with a dirty log that failed in the part of the architecture lost ' +
    'the memory of its bitmap: userspace could use up that of the host.',
  eras: ['v6.12'],
  unfixed: [],
  edits: [
    {
      function: 'kvm_prepare_memory_region',
      anchor: '(old === null || old.dirty_bitmap === null)',
      replacement: 'old !== null &&\n    old.dirty_bitmap === null',
    },
  ],
  breaks: ['freed-exactly-once'],
  ownScenarios: ['ioctl/a-failing-call-changes-nothing'],
  shownBy: 'sequence',
};
