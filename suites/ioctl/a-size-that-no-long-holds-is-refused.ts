// SPDX-License-Identifier: GPL-2.0-only
// Userspace passes sizes as u64, and a slot keeps its pages as an unsigned long. On a host whose
// longs have 32 bits: is a size refused of which only the lower bits would be looked at?

import { areExpected } from '../at-rest.ts';
import { setMemoryRegion } from '../memory-map.ts';
import { createSlot, M, type SequentialScenario, X } from '../scenario.ts';

const PAGE = 0x1000n;
const EINVAL = 22;
const LONG = 1n << 32n;
/** One gigabyte below the end of userspace there. */
const ADDRESS = 0x8000_0000n;
const MOST = 0xc000_0000n - ADDRESS;

const SIZES: readonly (readonly [size: bigint, result: number])[] = [
  [MOST, 0],
  [MOST + PAGE, -EINVAL],
  [LONG - PAGE, -EINVAL],
  [LONG, -EINVAL],
  [LONG + PAGE, -EINVAL],
  [LONG + MOST, -EINVAL],
];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'ioctl/a-size-that-no-long-holds-is-refused',
  eras: null,
  gfns: [X, M],
  // No rule about arguments looks at an SPTE.
  host: { mmio: ['ept'], longBits: 32 },
  check: ({ host, fresh, report }) => {
    for (const [memory_size, expected] of SIZES) {
      const region = { ...createSlot(0, X).region, userspace_addr: ADDRESS, memory_size };
      fresh({}, (vm) => {
        const result = vm.setMemoryRegion(region);
        const isLong = memory_size >= LONG;
        if (isLong && result === 0)
          report('arguments-checked', 'a size that an unsigned long cannot hold is accepted');
        else if (result !== expected)
          report('arguments-checked', `a size near the end of userspace: ${result}`);
        const map = setMemoryRegion(new Map(), region, host.userMemSlots).map;
        if (result === expected && !areExpected(vm, expected === 0 ? map : new Map()))
          report('arguments-checked', 'the slots are not those of the calls');
      });
    }
    return SIZES.length;
  },
};
