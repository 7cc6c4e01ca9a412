// SPDX-License-Identifier: GPL-2.0-only
// KVM's own callers do not come through the ioctl, which looks at the number of the slot first. Is
// a number beyond the last refused for them as well?

import { areExpected } from '../at-rest.ts';
import { setMemoryRegion } from '../memory-map.ts';
import { createSlot, M, type SequentialScenario, X } from '../scenario.ts';

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'ioctl/there-is-no-slot-beyond-the-last',
  eras: null,
  gfns: [X, M],
  // Slots are the same whatever an SPTE looks like.
  host: { mmio: ['ept'] },
  check: ({ host, fresh, report }) => {
    const last = host.userMemSlots - 1;
    const slots = [0, last, last + 1, last + 2, 0x1_0000];
    for (const slot of slots) {
      fresh({}, (vm) => {
        const { region } = createSlot(slot, X);
        const { userMemSlots } = host;
        const step = setMemoryRegion(new Map(), region, userMemSlots, null, vm.addressSpaces);
        const result = vm.internals.setMemoryRegion(region);
        if (result !== step.result)
          report('arguments-checked', `slot ${slot}: ${result}, not ${step.result}`);
        if (!areExpected(vm, step.map))
          report('arguments-checked', 'the slots are not those of the calls');
      });
    }
    return slots.length;
  },
};
