// SPDX-License-Identifier: GPL-2.0-only
// The host has some gfns zapped. Are they gone, and only they, and are the slots read as a reader
// must, who is then no reader any more? What maps a gfn outside the range is left, and so is what
// says that a gfn is MMIO.

import { settled } from '../guest.ts';
import { BOTH_MASKS, createSlot, deleteSlot, M, type SequentialScenario, X } from '../scenario.ts';

const NEXT = X + 1n;
const GFNS = [X, NEXT, M];

/** Ranges, and which gfns must be mapped anew. */
const RANGES: readonly (readonly [from: bigint, to: bigint, gone: readonly bigint[]])[] = [
  [X, NEXT, [X]],
  [NEXT, NEXT + 1n, [NEXT]],
  [X, NEXT + 1n, [X, NEXT]],
  [0n, X, []],
  [NEXT + 1n, M + 1n, []],
  [0n, M + 1n, [X, NEXT]],
];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mapping/zapping-a-range-leaves-the-rest',
  eras: ['v6.12'],
  gfns: GFNS,
  host: BOTH_MASKS,
  check: ({ fresh, report }) => {
    for (const [from, to, gone] of RANGES) {
      fresh({}, (vm) => {
        vm.setMemoryRegion(createSlot(0, X, 2n).region);
        for (const gfn of GFNS) settled(vm, vm.vcpu(null), gfn, 'read');
        vm.internals.zapRange!(from, to);
        for (const gfn of [X, NEXT]) {
          const { kind } = vm.access(vm.vcpu(null), gfn * 0x1000n);
          if (kind === 'ram' && gone.includes(gfn))
            report('no-mapping-after-flush', 'a zapped gfn is still mapped');
          if (kind !== 'ram' && !gone.includes(gfn))
            report('memory-as-asked', 'a gfn outside the range is zapped');
        }
        const { kind } = vm.access(vm.vcpu(null), M * 0x1000n);
        if (kind !== 'mmio-spte') report('cache-effective-at-rest', 'SPTE');
        // An update waits for everybody who still reads.
        vm.setMemoryRegion(deleteSlot(0, X).region);
      });
    }
    return RANGES.length;
  },
};
