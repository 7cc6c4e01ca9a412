// SPDX-License-Identifier: GPL-2.0-only
// Is a VM made where it can be, and refused where it cannot?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'vm-made',
  number: 'I30',
  statement:
    'KVM_CREATE_VM makes a VM, each of whose slots is empty and found by its id; it fails, and ' +
    'does nothing worse, where there is no memory for the slots.',
  rationale:
    'Everything else is asked of a VM that is there. Userspace can run the host out of memory ' +
    'and then create VMs, so the failing path is as reachable as the other.',
  events: ['crash: kvm_create_vm() makes no VM'],
  knownBreaks: [],
};
