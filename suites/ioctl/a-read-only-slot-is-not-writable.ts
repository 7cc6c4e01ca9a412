// SPDX-License-Identifier: GPL-2.0-only
// KVM_MEM_READONLY asks for memory that the guest can only read. Is it mapped like that, and other
// memory not?

import { BOTH_MASKS, createSlot, M, type SequentialScenario, X, Y } from '../scenario.ts';

const PAGE = 0x1000n;
const READONLY = 2;
/** Bit 1 of a present entry lets the guest write, under both kinds of paging. */
const WRITABLE = 2n;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'ioctl/a-read-only-slot-is-not-writable',
  eras: null,
  gfns: [X, Y, M],
  host: BOTH_MASKS,
  check: ({ vm, report }) => {
    vm.setMemoryRegion({ ...createSlot(0, X).region, flags: READONLY });
    vm.setMemoryRegion(createSlot(1, Y).region);
    for (const gfn of [X, Y]) {
      vm.access(vm.vcpu(null), gfn * PAGE);
      const isWritable = (vm.spte(gfn) & WRITABLE) !== 0n;
      if (isWritable === (gfn === X))
        report('arguments-checked', 'KVM_MEM_READONLY does not decide about writes');
    }
    return 2;
  },
};
