// SPDX-License-Identifier: GPL-2.0-only
// KVM has slots of its own in the memory of a guest. A guest of that guest must not reach them: for
// it there is no memory. Slots of userspace it may use.

import { BOTH_MASKS, createSlot, M, type SequentialScenario, X, Y } from '../scenario.ts';

const PAGE = 0x1000n;
const USER = 2;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mapping/slots-of-kvm-are-hidden-from-inner-guests',
  eras: ['v4.19', 'v5.2', 'v5.6', 'v5.11', 'v5.15'],
  gfns: [X, Y, M],
  host: { ...BOTH_MASKS, userMemSlots: USER, privateMemSlots: 1 },
  check: ({ fresh, report }) => {
    for (const nested of [false, true]) {
      fresh({ nested }, (vm) => {
        vm.setMemoryRegion(createSlot(USER - 1, Y).region);
        vm.internals.setMemoryRegion(createSlot(USER, X).region);
        const vcpu = vm.vcpu(null);
        const kinds = [X, Y].map((gfn) => vm.access(vcpu, gfn * PAGE).kind).join(', ');
        const expected = nested ? 'mmio-lookup, mapped' : 'mapped, mapped';
        if (kinds !== expected) report('memory-as-asked', `${kinds}, not ${expected}`);
      });
    }
    return 4;
  },
};
