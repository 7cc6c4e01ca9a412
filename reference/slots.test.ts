// SPDX-License-Identifier: GPL-2.0-only
// Does any list of calls leave the slots that a plain model says, in order, and found by id and by
// gfn? The model is a map from slot number to slot; it knows no arrays and no generations.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SystemUnderTest, UserMemoryRegion, Vm } from '#vocabulary';
import { direct } from './direct.ts';
import { system as v316 } from './systems/v3.16.ts';
import { system as v317 } from './systems/v3.17.ts';
import { system as v319 } from './systems/v3.19.ts';

const PAGE = 0x1000n;
const SLOTS = 4;
/** Slots lie close together, so that they touch, overlap and take each other's place. */
const GFNS = 12;
const READONLY = 2;
const EINVAL = -22;
const EEXIST = -17;
const RUNS = 400;

interface Slot {
  readonly base_gfn: bigint;
  readonly npages: bigint;
  readonly userspace_addr: bigint;
  readonly flags: number;
}

type Slots = ReadonlyMap<number, Slot>;

/** A call, told by what it does to the slot that is there when it is made. */
interface Call {
  readonly what: 'set' | 'move' | 'flags' | 'delete';
  readonly slot: number;
  readonly gfn: bigint;
  readonly npages: bigint;
  readonly flags: number;
  readonly isElsewhere: boolean;
}

const call: fc.Arbitrary<Call> = fc.record({
  what: fc.constantFrom('set', 'move', 'move', 'flags', 'flags', 'delete'),
  slot: fc.constantFrom(0, 1, 2, 3, 0, 1, 2, 3, SLOTS),
  gfn: fc.bigInt({ min: 0n, max: BigInt(GFNS) }),
  npages: fc.constantFrom(0n, 1n, 1n, 2n, 3n, 4n, 0x1000n),
  flags: fc.constantFrom(0, 0, 1, 1, READONLY, 4),
  isElsewhere: fc.constantFrom(false, false, false, true),
});

/** Generations of all kinds: the era's own, odd ones, and those before the u64 wraps. */
const start: fc.Arbitrary<bigint | null> = fc.oneof(
  fc.constant(null),
  fc.constantFrom(0n, 1n, 7n, 0x7_ffffn, 0xf_ffffn, (1n << 64n) - 3n, (1n << 64n) - 1n),
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
);

function regionOf(slots: Slots, { what, slot, gfn, npages, flags, isElsewhere }: Call) {
  const old = slots.get(slot);
  const here = (0x1000n * BigInt(slot + 1) + (isElsewhere ? 0x40n : 0n)) * PAGE;
  const isSet = old === undefined || what === 'set';
  const size = isSet ? npages : what === 'delete' ? 0n : old.npages;
  return {
    slot,
    flags: isSet || what === 'flags' ? flags : old.flags,
    guest_phys_addr: (isSet || what === 'move' ? gfn : old.base_gfn) * PAGE,
    memory_size: size * PAGE,
    userspace_addr: isSet ? here : old.userspace_addr,
  };
}

/** What one call returns, what it is, and the slots after it. */
interface Plain {
  readonly result: number;
  readonly kind: 'create' | 'delete' | 'move' | 'flags' | 'nothing' | 'EINVAL' | 'EEXIST';
  readonly slots: Slots;
}

function plain(slots: Slots, { slot: id, flags, ...region }: UserMemoryRegion): Plain {
  const refused: Plain = { result: EINVAL, kind: 'EINVAL', slots };
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

const INSTALLS = {
  create: 1n,
  flags: 1n,
  move: 2n,
  delete: 2n,
  nothing: 0n,
  EINVAL: 0n,
  EEXIST: 0n,
};

/** A linear scan through the model. */
function pageOf(slots: Slots, gfn: bigint): bigint | null {
  for (const { base_gfn, npages, userspace_addr } of slots.values()) {
    if (gfn >= base_gfn && gfn < base_gfn + npages) return userspace_addr + (gfn - base_gfn) * PAGE;
  }
  return null;
}

function expectSame(vm: Vm, slots: Slots, isByGfn: boolean): void {
  const array = vm.slots();
  // The kernel's sort is not stable: of slots of one size, any may come first.
  const keys = array.map(({ npages, base_gfn }) => (isByGfn ? base_gfn : npages));
  expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)));
  expect(array.map(({ index }) => index)).toEqual(array.map((_, i) => i));
  const byId = new Map(array.map(({ id, index, ownsMemory, ...slot }) => [id, slot]));
  expect(byId).toEqual(slots);
  expect(array.length).toBe(slots.size);

  const edges = [...slots.values()].flatMap(({ base_gfn, npages }) => [
    base_gfn + npages - 1n,
    base_gfn + npages,
  ]);
  for (const gfn of [...Array.from({ length: GFNS + 6 }, (_, i) => BigInt(i)), ...edges]) {
    expect([gfn, vm.lookup(gfn)]).toEqual([gfn, pageOf(slots, gfn)]);
  }
}

/** A private slot that is never made keeps the array from being full. */
const HOST = { userMemSlots: SLOTS, privateMemSlots: 1 };

/** Makes the calls, and compares after each. Returns what kinds they were. */
function follow(system: SystemUnderTest, generationStart: bigint | null, calls: readonly Call[]) {
  const { result, events } = direct(system, { ...HOST, generationStart }, (vm) => {
    const first = vm.generation();
    const kinds: Plain['kind'][] = [];
    let slots: Slots = new Map();
    let installs = 0n;
    for (const it of calls) {
      const region = regionOf(slots, it);
      const step = plain(slots, region);
      expect([step.kind, vm.setMemoryRegion(region)]).toEqual([step.kind, step.result]);
      slots = step.slots;
      installs += INSTALLS[step.kind];
      kinds.push(step.kind);
      expectSame(vm, slots, system === v319);
    }
    const grown = BigInt.asUintN(64, vm.generation() - first);
    return { kinds, installs, grown, isOdd: first % 2n === 1n };
  });
  const { installs, grown, isOdd } = result;
  expect(grown).toBe(system !== v316 ? 2n * installs : installs);
  // Newer eras say so each time that they install over an odd number, and else are silent.
  const warns = system !== v316 && isOdd ? Number(installs) : 0;
  expect(events.map(({ kind }) => kind)).toEqual(new Array(warns).fill('WARN'));
  return result.kinds;
}

describe.each([v316, v317, v319])('$era', (system) => {
  test('any list of calls, from any generation, leaves the slots of the plain model', () => {
    const met = new Map<Plain['kind'], number>();
    fc.assert(
      fc.property(start, fc.array(call, { maxLength: 12, size: 'max' }), (from, calls) => {
        for (const kind of follow(system, from, calls)) met.set(kind, (met.get(kind) ?? 0) + 1);
      }),
      { seed: 20140818, numRuns: RUNS },
    );
    // All that a call can be was met often, or the lists would prove little.
    const rare = Object.keys(INSTALLS).filter((kind) => (met.get(kind as Plain['kind']) ?? 0) < 30);
    expect(rare).toEqual([]);
  });
});
