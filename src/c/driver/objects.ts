// SPDX-License-Identifier: GPL-2.0-only
// Which objects does a driver make for a VM of C? The struct kvm, with its locks, and a page table
// of one level for each address space.

import { Crash, PortError, runDirectly } from '#explorer/run';
import { pfnOf, WALKS } from '#linux/hardware';
import { init_srcu_struct } from '#linux/srcu';
import type { HostConfig } from '#vocabulary';
import type { Address } from '../machine.ts';
import type { Binding, Machine } from './binding.ts';
import { fieldsOf } from './common.ts';
import type { Kernel } from './kernel.ts';

/** Bytes of a page. */
const PAGE = 0x1000;

/** Makes the struct kvm of zeroes, its locks free. */
export function makeKvm(kernel: Kernel, binding: Binding, host: HostConfig): Address {
  const { apart } = binding;
  const { flat, layouts } = kernel;
  const type = 'struct kvm';
  const locks = fieldsOf(layouts, type, binding.locks);
  const wordOf = (owner: string, field: string) =>
    Math.floor(kernel.place(owner, field).offset / 8);
  for (const [owner, fields] of Object.entries(apart))
    flat.apartOf.set(
      owner,
      new Set(fieldsOf(layouts, owner, fields).map((field) => wordOf(owner, field))),
    );
  const groups = binding.groups(kernel, host).map((field) => {
    const { offset, size } = kernel.place(type, field);
    return [offset / 8, (offset + size) / 8] as const;
  });
  const { address } = flat.make({
    name: 'kvm',
    type,
    bytes: kernel.layouts.sizeof(type),
    isHeap: false,
    fresh: 'zero',
    locks: new Set(locks.map((field) => wordOf(type, field))),
    groups,
    apart: new Set(
      binding
        .groups(kernel, host)
        .flatMap((set) =>
          SHARED_IN_SET.filter((field) => kernel.hasField(type, `${set}.${field}`)).map((field) =>
            wordOf(type, `${set}.${field}`),
          ),
        ),
    ),
  });
  const { offset, size } = kernel.place(type, 'stat');
  flat.statistics.push([address + offset, address + offset + size]);
  for (const field of locks) {
    if (!field.endsWith('srcu')) continue;
    init_srcu_struct(flat.lockAt(address + kernel.place(type, field).offset)!);
  }
  return address;
}

/** What readers of a set look at, or write, while the updater is at work. */
const SHARED_IN_SET = ['generation', 'last_used_slot', 'gfn_tree.rb_node'];

/** A leaf page table: one page, found by the low bits of a gfn. */
export function makeTable(
  machine: Machine,
  binding: Binding,
  space: number,
  gfns: readonly bigint[],
): Address {
  const { kernel } = machine;
  const { world } = kernel.flat;
  const indexes = new Set(gfns.map(indexOf));
  if (indexes.size < gfns.length)
    throw new PortError('two gfns of the scenario share an entry of the page table');
  const show = (spte: bigint) => {
    try {
      return runDirectly(world, -1, () => spteText(binding, machine, spte)).result;
    } catch (error) {
      // It is the tree's own functions that read an entry, and a mutant of one may fail.
      if (error instanceof Crash || error instanceof PortError) return `0x${spte.toString(16)}`;
      throw error;
    }
  };
  const name = space === 0 ? 'page table' : 'page table of SMM';
  const { flat } = kernel;
  const common = { isHeap: false, fresh: 'zero' } as const;
  const nameOf = (word: number) => {
    const gfn = gfns.find((one) => indexOf(one) === word);
    return gfn === undefined ? `entry ${word}` : `gfn 0x${gfn.toString(16)}`;
  };
  const { address } = flat.make({ ...common, name, type: null, bytes: PAGE, show, nameOf });
  const type = 'struct kvm_mmu_page';
  const bytes = kernel.layouts.sizeof(type);
  const header = flat.make({ ...common, name: `header of the ${name}`, type, bytes }).address;
  kernel.write(header, type, 'spt', address);
  kernel.write(header, type, 'role.level', 1);
  kernel.write(header, type, 'role.direct', 1);
  flat.headers.set(address, header);
  return address;
}

/** The entry of the one-level page table that maps gfn. */
export function indexOf(gfn: bigint): number {
  return Number(gfn & 511n);
}

function spteText(binding: Binding, machine: Machine, spte: bigint): string {
  if (spte === 0n) return '0';
  const mmio = binding.mmioText(machine, spte);
  if (mmio === null && WALKS.read(spte) === 'empty') return '0';
  if (mmio === null) return `ram pfn 0x${pfnOf(spte).toString(16)}`;
  return `mmio gfn 0x${mmio.gfn.toString(16)} gen ${mmio.generation}`;
}
