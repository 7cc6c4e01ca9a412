// SPDX-License-Identifier: GPL-2.0-only
// The guest reads, writes and runs memory of every kind, in any order of the three. Is a write to a
// read-only slot always MMIO, and everything else of a slot always memory?

import type { AccessMode } from '#vocabulary';
import { type Expected, judge, settled } from '../guest.ts';
import {
  BOTH_MASKS,
  createSlot,
  type HostChoice,
  M,
  type SequentialScenario,
  type Subject,
  X,
  Y,
} from '../scenario.ts';

const LOG_DIRTY = 1;
const READONLY = 2;
/** A slot whose pages are logged is as writable as any: the first write of each is noticed. */
const LOGGED = 0x28n;

const SLOTS: readonly (readonly [slot: number, gfn: bigint, flags: number])[] = [
  [0, X, READONLY],
  [1, Y, 0],
  [2, LOGGED, LOG_DIRTY],
];
const ORDERS: readonly (readonly AccessMode[])[] = [
  ['read', 'write', 'fetch', 'read'],
  ['write', 'write', 'read', 'write'],
  ['fetch', 'write', 'fetch', 'write'],
];

const PAGINGS: readonly (readonly [variant: string, host: HostChoice])[] = [
  ['own-tables', BOTH_MASKS],
  ['npt', { mmio: ['shadow'], npt: true }],
];

export const scenarios = PAGINGS.map(
  ([variant, host]): SequentialScenario => ({
    kind: 'sequential',
    id: `ioctl/a-write-to-a-read-only-slot-is-mmio.${variant}`,
    eras: null,
    gfns: [X, Y, LOGGED, M],
    host,
    check: (subject) => {
      let checked = 0;
      for (const order of ORDERS)
        checked += subject.fresh({}, (vm) => checkOrder(subject, vm, order));
      return checked;
    },
  }),
);

function checkOrder({ report }: Subject, vm: Subject['vm'], order: readonly AccessMode[]): number {
  const expected = new Map<bigint, Expected>();
  for (const [slot, gfn, flags] of SLOTS) {
    const region = { ...createSlot(slot, gfn).region, flags };
    vm.setMemoryRegion(region);
    const page = region.userspace_addr >> 12n;
    expected.set(gfn, { page, isWritable: (flags & READONLY) === 0 });
    const hva = vm.lookupToWrite(gfn);
    if (hva !== ((flags & READONLY) === 0 ? region.userspace_addr : null))
      report('memory-as-asked', 'an address to write to is wrong');
  }
  for (const gfn of [X, Y, LOGGED, M]) {
    const vcpu = vm.vcpu(null);
    for (const mode of order) {
      const memory = expected.get(gfn) ?? null;
      judge(settled(vm, vcpu, gfn, mode), mode, memory, report);
      // Another vCPU has an empty cache, and finds the same.
      judge(settled(vm, vm.vcpu(null), gfn, mode), mode, memory, report);
    }
  }
  return 4 * 2 * order.length;
}
