// SPDX-License-Identifier: GPL-2.0-only
// Userspace passes the size of a slot as u64. What became of it before 6b285a558750 ("KVM: Disallow
// user memslot with size that exceeds "unsigned long"") on a host whose longs are shorter? Only its
// lower bits were looked at. The bug is put back by not comparing the two.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'size-beyond-unsigned-long',
  commit: '6b285a558750',
  subject: 'KVM: Disallow user memslot with size that exceeds "unsigned long"',
  release: 'v5.16',
  cause: null,
  broke:
    'On a 32-bit host a slot could be larger than all of userspace, since only its lower bits ' +
    'were checked against the end of it: where its upper pages lie was computed with an overflow.',
  eras: ['v6.12'],
  unfixed: ['v3.16', 'v3.17', 'v3.19', 'v5.11'],
  edits: [
    {
      function: '__kvm_set_memory_region',
      anchor:
        '(mem.memory_size & (PAGE_SIZE - 1n)) !== 0n || mem.memory_size !== ulong(mem.memory_size)',
      replacement: '(mem.memory_size & (PAGE_SIZE - 1n)) !== 0n',
    },
  ],
  breaks: ['arguments-checked'],
  ownScenarios: ['ioctl/a-size-that-no-long-holds-is-refused'],
  shownBy: 'sequence',
};
