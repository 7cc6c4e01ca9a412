// SPDX-License-Identifier: GPL-2.0-only
// Does any list of calls leave both resident sets of v6.12 as a plain model says: the same slots,
// in every tree and table of either set, and found by every lookup? One thread; the model is a map
// for each address space.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { interval_tree_iter_first, interval_tree_iter_next } from '#linux/interval_tree';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import { rb_first, rb_next } from '#linux/rbtree';
import { static_object } from '#linux/static';
import type { AddressSpace, UserMemoryRegion, Vm } from '#vocabulary';
import { direct } from './direct.ts';
import { system as v612 } from './systems/v6.12.ts';
import { HF_SMM_MASK } from './v6.12/arch/x86/include/asm/kvm_host.ts';
import {
  gfn_node_slot,
  hva_node_slot,
  id_to_memslot,
  kvm,
  kvm_for_each_memslot,
  type kvm_memslots_struct,
  kvm_vcpu,
  search_memslots,
} from './v6.12/include/linux/kvm_host.ts';
import { gfn_to_memslot, kvm_vcpu_gfn_to_memslot } from './v6.12/virt/kvm/kvm_main.ts';

const PAGE = 0x1000n;
const SLOTS = 4;
/** Slots lie close together, so that they touch, overlap and take each other's place. */
const GFNS = 12;
const READONLY = 2;
const MEMFD = 4;
const EINVAL = -22;
const EEXIST = -17;
const LAST_HVA = (1n << 64n) - 1n;

interface Slot {
  readonly base_gfn: bigint;
  readonly npages: bigint;
  readonly userspace_addr: bigint;
  readonly flags: number;
}

type Slots = ReadonlyMap<number, Slot>;

/** A call, told by what it does to the slot that is there when it is made. */
const call = fc.record({
  what: fc.constantFrom('set', 'move', 'flags', 'flags', 'flags', 'flags', 'delete'),
  space: fc.constantFrom<AddressSpace>(0, 0, 0, 1),
  slot: fc.constantFrom(0, 1, 2, 0, 1, 2, 3, SLOTS),
  gfn: fc.bigInt({ min: 0n, max: BigInt(GFNS) }),
  npages: fc.constantFrom(0n, 1n, 1n, 2n, 3n, 4n, 0x1000n),
  flags: fc.constantFrom(0, 0, 0, 1, 1, 1, READONLY, MEMFD),
  // All slots may be of the same memory of userspace, at the same or at another place of it.
  hva: fc.constantFrom(null, 0x40_0000n, 0x40_1000n),
});
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

function regionOf(slots: Slots, it: Call): UserMemoryRegion {
  const old = slots.get(it.slot);
  const isSet = old === undefined || it.what === 'set';
  const here = it.hva ?? 0x1000n * BigInt(it.slot + 1) * PAGE;
  return {
    slot: it.slot | (it.space << 16),
    flags: isSet || it.what === 'flags' ? it.flags : old.flags,
    guest_phys_addr: (isSet || it.what === 'move' ? it.gfn : old.base_gfn) * PAGE,
    memory_size: (isSet ? it.npages : it.what === 'delete' ? 0n : old.npages) * PAGE,
    userspace_addr: isSet ? here : old.userspace_addr,
  };
}

type Kind = 'create' | 'delete' | 'move' | 'flags' | 'nothing' | 'EINVAL' | 'EEXIST';

const INSTALLS: Readonly<Record<Kind, bigint>> = {
  create: 1n,
  flags: 1n,
  move: 2n,
  delete: 2n,
  nothing: 0n,
  EINVAL: 0n,
  EEXIST: 0n,
};

interface Plain {
  readonly result: number;
  readonly kind: Kind;
  readonly slots: Slots;
}

/** What a call returns and does, by the documentation of the ioctl. */
function plain(slots: Slots, { slot, flags, ...region }: UserMemoryRegion): Plain {
  const refused: Plain = { result: EINVAL, kind: 'EINVAL', slots };
  const id = slot & 0xffff;
  if (id >= SLOTS || flags > 3) return refused;
  const old = slots.get(id);
  if (region.memory_size === 0n) {
    if (old === undefined) return refused;
    const left = new Map([...slots].filter(([other]) => other !== id));
    return { result: 0, kind: 'delete', slots: left };
  }
  const { userspace_addr } = region;
  const base_gfn = region.guest_phys_addr / PAGE;
  const npages = region.memory_size / PAGE;
  const set = new Map(slots).set(id, { base_gfn, npages, userspace_addr, flags });
  if (old !== undefined) {
    if (old.npages !== npages || old.userspace_addr !== userspace_addr) return refused;
    if ((old.flags & READONLY) !== (flags & READONLY)) return refused;
    if (old.base_gfn === base_gfn) {
      const kind = old.flags === flags ? 'nothing' : 'flags';
      return { result: 0, kind, slots: set };
    }
  }
  const overlaps = [...slots].some(
    ([other, it]) =>
      other !== id && base_gfn < it.base_gfn + it.npages && it.base_gfn < base_gfn + npages,
  );
  if (overlaps) return { result: EEXIST, kind: 'EEXIST', slots };
  return { result: 0, kind: old === undefined ? 'create' : 'move', slots: set };
}

const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

/** All that a set says about its slots: by its gfn tree, its hva tree, its table, and by search. */
function contents(set: kvm_memslots_struct) {
  const idx = set.node_idx;
  const byGfn: number[] = [];
  for (let node = rb_first(set.gfn_tree); node !== null; node = rb_next(node))
    byGfn.push(gfn_node_slot(node, idx).id);
  const byHva: (number | bigint)[][] = [];
  let node = interval_tree_iter_first(set.hva_tree, 0n, LAST_HVA);
  for (; node !== null; node = interval_tree_iter_next(node, 0n, LAST_HVA))
    byHva.push([node.start, node.last, hva_node_slot(node, idx).id]);
  const inTable: number[] = [];
  kvm_for_each_memslot(set, (slot) => inTable.push(slot.id));
  const byId = Array.from({ length: SLOTS }, (_, id) => {
    const slot = id_to_memslot(set, id);
    if (slot === null) return null;
    const { base_gfn, npages, userspace_addr, flags } = slot;
    return { base_gfn, npages, userspace_addr, flags };
  });
  return {
    byGfn,
    byHva: byHva.sort(
      (a, b) => compare(a[0] as bigint, b[0] as bigint) || Number(a[2]) - Number(b[2]),
    ),
    inTable: inTable.sort((a, b) => a - b),
    byId,
  };
}

function expected(slots: Slots): ReturnType<typeof contents> {
  const all = [...slots].map(([id, slot]) => ({ id, ...slot }));
  return {
    byGfn: all.toSorted((a, b) => compare(a.base_gfn, b.base_gfn)).map(({ id }) => id),
    byHva: all
      .map(({ id, userspace_addr, npages }) => [
        userspace_addr,
        userspace_addr + npages * PAGE - 1n,
        id,
      ])
      .sort((a, b) => compare(a[0] as bigint, b[0] as bigint) || Number(a[2]) - Number(b[2])),
    inTable: [...slots.keys()].sort((a, b) => a - b),
    byId: Array.from({ length: SLOTS }, (_, id) => slots.get(id) ?? null),
  };
}

/** A linear scan through the model. */
function scan(slots: Slots, gfn: bigint): number | null {
  for (const [id, { base_gfn, npages }] of slots)
    if (gfn >= base_gfn && gfn < base_gfn + npages) return id;
  return null;
}

function expectSets(vm: kvm, all: readonly Slots[]): void {
  mutex_lock(vm.slots_lock);
  for (const space of [0, 1]) {
    const wanted = expected(all[space]!);
    const active = vm.memslots[space]!;
    const spare = vm.__memslots[space]![1 - active.node_idx]!;
    expect([active, spare].map(contents)).toEqual([wanted, wanted]);
    for (const id of all[space]!.keys()) {
      // Not only the same slots: the same object.
      expect(id_to_memslot(active, id) === id_to_memslot(spare, id)).toBe(true);
    }
  }
  mutex_unlock(vm.slots_lock);
}

function expectLookups(vm: Vm, vcpus: readonly kvm_vcpu[], all: readonly Slots[]): void {
  const it = static_object(kvm);
  const edges = all.flatMap((slots) =>
    [...slots.values()].flatMap((s) => [s.base_gfn + s.npages - 1n, s.base_gfn + s.npages]),
  );
  for (const gfn of [...Array.from({ length: GFNS + 6 }, (_, i) => BigInt(i)), ...edges]) {
    vm.internals.reading(() => {
      const found = (slot: { readonly id: number } | null) => slot?.id ?? null;
      const slots = all[0]!;
      expect([gfn, found(gfn_to_memslot(it, gfn))]).toEqual([gfn, scan(slots, gfn)]);
      vcpus.forEach((vcpu, space) => {
        const slot = kvm_vcpu_gfn_to_memslot(vcpu, gfn);
        expect([gfn, space, found(slot)]).toEqual([gfn, space, scan(all[space]!, gfn)]);
      });
      const near = search_memslots(it.memslots[0]!, gfn, true);
      expect([gfn, near === null]).toEqual([gfn, slots.size === 0]);
      const exact = scan(slots, gfn);
      if (exact !== null) expect(found(near)).toBe(exact);
      else if (near !== null) expect(isBesideHole(slots, near.id, gfn)).toBe(true);
    });
  }
}

/** No other slot lies between the slot and gfn. */
function isBesideHole(slots: Slots, id: number, gfn: bigint): boolean {
  const base = slots.get(id)!.base_gfn;
  const [low, high] = base < gfn ? [base, gfn] : [gfn, base];
  return [...slots.values()].every((it) => it.base_gfn <= low || it.base_gfn >= high);
}

/** Makes the calls, and compares after each. Returns what kinds they were. */
function follow(generationStart: bigint | null, calls: readonly Call[]): Kind[] {
  const { result, events } = direct(v612, { generationStart, userMemSlots: SLOTS }, (vm) => {
    const it = static_object(kvm);
    const vcpus = [0, HF_SMM_MASK].map((hflags) => {
      const vcpu = kvm_vcpu.local();
      vcpu.kvm = it;
      vcpu.arch.hflags = hflags;
      return vcpu;
    });
    const all: Slots[] = [new Map(), new Map()];
    const seen = new Set<bigint>();
    return calls.map((one) => {
      const region = regionOf(all[one.space]!, one);
      const step = plain(all[one.space]!, region);
      const before = [vm.generation(0), vm.generation(1)];
      expect([step.kind, vm.setMemoryRegion(region)]).toEqual([step.kind, step.result]);
      all[one.space] = step.slots;
      const grown = 2n * INSTALLS[step.kind];
      const after = before.map((g, space) => g + (space === one.space ? grown : 0n));
      expect([vm.generation(0), vm.generation(1)]).toEqual(after);
      if (grown > 0n) expect(seen.has(after[one.space]!)).toBe(false);
      seen.add(after[0]!).add(after[1]!);
      expectSets(it, all);
      expect(vm.slots(one.space)).toEqual(vm.spareSlots(one.space));
      expectLookups(vm, vcpus, all);
      return step.kind;
    });
  });
  expect(events).toEqual([]);
  return result;
}

test('any list of calls in two address spaces leaves both sets as the plain model', () => {
  const start = fc.constantFrom(null, null, 0n, 2n, 0x7_fffen, (1n << 62n) + 4n);
  const met = new Map<Kind, number>();
  fc.assert(
    fc.property(start, fc.array(call, { maxLength: 16, size: 'max' }), (from, calls) => {
      for (const kind of follow(from, calls)) met.set(kind, (met.get(kind) ?? 0) + 1);
    }),
    { seed: 20211206, numRuns: 150 },
  );
  // All that a call can be was met often, or the lists would prove little.
  const rare = Object.keys(INSTALLS).filter((kind) => (met.get(kind as Kind) ?? 0) < 20);
  expect(rare).toEqual([]);
});

test('a slot number that names a third address space is refused', () => {
  const { result } = direct(v612, {}, (vm) => {
    const region = { flags: 0, guest_phys_addr: 0n, memory_size: PAGE, userspace_addr: 0x1000n };
    return [1 << 16, 2 << 16, 0xffff << 16].map((slot) => vm.setMemoryRegion({ ...region, slot }));
  });
  expect(result).toEqual([0, EINVAL, EINVAL]);
  const alone = direct(v612, { addressSpaces: 1 }, (vm) => {
    const region = { flags: 0, guest_phys_addr: 0n, memory_size: PAGE, userspace_addr: 0x1000n };
    return [vm.setMemoryRegion({ ...region, slot: 1 << 16 }), vm.generation()];
  });
  expect(alone.result).toEqual([EINVAL, 0n]);
});

test('with one address space an install adds one, with two it adds two', () => {
  const created = (addressSpaces: 1 | 2) =>
    direct(v612, { addressSpaces }, (vm) => {
      const memory_size = PAGE;
      vm.setMemoryRegion({
        slot: 0,
        flags: 0,
        guest_phys_addr: 0n,
        memory_size,
        userspace_addr: 0n,
      });
      return vm.generation();
    }).result;
  expect([created(1), created(2)]).toEqual([1n, 2n]);
});
