// SPDX-License-Identifier: GPL-2.0-only
// Who kept the slots from being freed while KVM_SET_VAPIC_ADDR looked up the page that userspace
// named, before 7301d6abaea9 ("KVM: x86: fix missed SRCU usage in kvm_lapic_set_vapic_addr")?
// Nobody: the call is no exit of a vCPU, and began no read-side section of its own.

import type { Regression } from '#mutation/mutant';

export const regression: Regression = {
  name: 'vapic-addr-without-srcu',
  commit: '7301d6abaea9',
  subject: 'KVM: x86: fix missed SRCU usage in kvm_lapic_set_vapic_addr',
  release: 'v4.9',
  cause: null,
  broke:
    'An update of the slots could free them while a call of userspace for a vCPU was reading ' +
    'them, and what was read then became the place of a word that KVM writes to.',
  eras: ['v5.11', 'v6.12'],
  unfixed: ['v3.16', 'v3.17', 'v3.19'],
  edits: [
    {
      function: 'kvm_arch_vcpu_ioctl',
      anchor: 'const idx = srcu_read_lock(kvm.srcu);',
      replacement: '',
    },
    {
      function: 'kvm_arch_vcpu_ioctl',
      anchor: 'srcu_read_unlock(kvm.srcu, idx);',
      replacement: '',
    },
  ],
  breaks: ['protected-access'],
  ownScenarios: [
    'mapping/a-page-named-by-userspace-is-found-by-a-reader',
    'mapping/a-page-that-kvm-uses-is-where-the-slots-say',
  ],
  shownBy: 'sequence',
};
