// SPDX-License-Identifier: GPL-2.0-only
// How do slots lie in v3.19, and how are they found? Every claim here holds for one thread.

import { expect, test } from 'vitest';
import { currentWorld, runDirectly } from '#explorer/run';
import type { Vm } from '#vocabulary';
import { direct } from './direct.ts';
import { system } from './systems/v3.19.ts';

const PAGE = 0x1000n;
const FULL = 'out-of-bounds kvm_memslots.memslots[3] of 3';

/** Creates or moves a slot of two pages at gfn; without one the slot is deleted. */
function put(vm: Vm, slot: number, gfn: bigint | null): void {
  const result = vm.setMemoryRegion({
    slot,
    flags: 0,
    guest_phys_addr: (gfn ?? 0n) * PAGE,
    memory_size: gfn === null ? 0n : 2n * PAGE,
    userspace_addr: BigInt(slot + 1) * 0x10_0000n,
  });
  expect(result).toBe(0);
}

/** Ids of all entries, those of unused ones in brackets. */
function order(vm: Vm): string {
  const ids = vm.entries().map(({ id, npages }) => (npages === 0n ? `(${id})` : String(id)));
  return ids.join(' ');
}

/** How many loads a lookup takes, and the hint that it writes, if any. */
function lookup(vm: Vm, gfn: bigint): { loads: number; writes: string[] } {
  const { trace } = runDirectly(currentWorld(), 0, () => vm.lookup(gfn), { wantTrace: true });
  const texts = trace.map(({ step }) => step.describe().text);
  return {
    loads: texts.filter((text) => / -> %$/.test(text)).length,
    writes: texts.filter((text) => text.includes(':=')).map((text) => text.replace(/^.*->/, '')),
  };
}

test('entries in use come first, from the highest gfn to the lowest, and others keep an id', () => {
  const { result } = direct(system, { userMemSlots: 4 }, (vm) => {
    const seen = [order(vm)];
    const puts: [slot: number, gfn: bigint | null][] = [
      [1, 0x20n],
      [3, 0x10n],
      [0, 0x30n],
      [2, 0n],
      [1, 0x40n],
      [0, null],
      [2, null],
      [0, 0n],
    ];
    for (const [slot, gfn] of puts) {
      put(vm, slot, gfn);
      seen.push(order(vm));
    }
    return seen;
  });
  expect(result).toEqual([
    '(0) (1) (2) (3)',
    '1 (0) (2) (3)',
    '1 3 (0) (2)',
    '0 1 3 (2)',
    '0 1 3 2',
    '1 0 3 2',
    '1 3 2 (0)',
    '1 3 (2) (0)',
    '1 3 0 (2)',
  ]);
});

test('a lookup that finds a slot is remembered, and one that finds none is not', () => {
  const { result } = direct(system, { userMemSlots: 4 }, (vm) => {
    put(vm, 0, 0x10n);
    put(vm, 1, 0x20n);
    put(vm, 2, 0x30n);
    return [0x10n, 0x11n, 0x12n, 0x20n, 0x10n].map((gfn) => lookup(vm, gfn).writes);
  });
  expect(result).toEqual([
    ['lru_slot.counter := 2'],
    [],
    [],
    ['lru_slot.counter := 1'],
    ['lru_slot.counter := 2'],
  ]);
});

test('what was found last is asked first, also by the sets that come after', () => {
  const { result } = direct(system, { userMemSlots: 4 }, (vm) => {
    put(vm, 0, 0x10n);
    put(vm, 1, 0x20n);
    const first = lookup(vm, 0x10n).loads;
    const again = lookup(vm, 0x10n).loads;
    // The lowest entry goes up by one: the hint is an index, and now leads to another slot.
    put(vm, 1, null);
    return { isFaster: again < first, inNewSet: lookup(vm, 0x10n), found: vm.lookup(0x10n) };
  });
  expect(result).toMatchObject({
    isFaster: true,
    inNewSet: { writes: ['lru_slot.counter := 0'] },
    found: 0x10_0000n,
  });
});

test('below all slots of a full array a lookup looks behind the array, and finds nothing', () => {
  const fill = (slots: number) =>
    direct(system, {}, (vm) => {
      for (let slot = 0; slot < slots; slot++) put(vm, slot, 0x10n * BigInt(slot + 1));
      return [0xfn, 0x10n, 0x12n, 0x32n].map((gfn) => vm.lookup(gfn));
    });
  const [two, three] = [fill(2), fill(3)];
  expect(two.result).toEqual([null, 0x10_0000n, null, null]);
  expect(three.result).toEqual(two.result);
  expect(two.events).toEqual([]);
  const texts = three.events.map(({ kind, detail }) => `${kind} ${detail}`);
  expect([...new Set(texts)]).toEqual([FULL]);
});
