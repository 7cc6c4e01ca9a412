// SPDX-License-Identifier: GPL-2.0-only
// Is the largest number of pages that a slot may have kept at its edge, where nothing else is wrong
// with a slot of that size? Hosts with few address bits refuse it for where it ends.

import { isExpected } from '../at-rest.ts';
import { setMemoryRegion } from '../memory-map.ts';
import { M, type SequentialScenario, X } from '../scenario.ts';

const PAGE = 0x1000n;
const MOST = (1n << 31n) - 1n;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'ioctl/a-slot-has-so-many-pages-at-most',
  eras: ['v6.12'],
  gfns: [X, M],
  // The number of pages is no matter of an SPTE.
  host: { mmio: ['ept'], maxphyaddr: 52 },
  check: ({ fresh, host, report }) => {
    const sizes = [MOST - 1n, MOST, MOST + 1n, MOST + 2n];
    for (const pages of sizes) {
      const region = {
        slot: 0,
        flags: 0,
        guest_phys_addr: X * PAGE,
        memory_size: pages * PAGE,
        userspace_addr: 0x2000_0000n,
      };
      const step = setMemoryRegion(new Map(), region, host.userMemSlots);
      fresh({}, (vm) => {
        const result = vm.setMemoryRegion(region);
        if (result !== step.result)
          report('arguments-checked', `${pages} pages: ${result}, not ${step.result}`);
        if (!isExpected(vm.slots(), step.map))
          report('arguments-checked', 'the slots are not those of the calls');
      });
    }
    return sizes.length;
  },
};
