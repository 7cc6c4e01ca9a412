// SPDX-License-Identifier: GPL-2.0-only
// What should guest memory be after these calls? A plain model of KVM_SET_USER_MEMORY_REGION, in
// the terms of its documentation: no sets, no generations, no caches. Invariants measure ports
// against it.

import type { AddressSpace, UserMemoryRegion } from '#vocabulary';

const PAGE_SHIFT = 12n;
const PAGE_MASK = 0xfffn;
const LOG_DIRTY = 1;
const READONLY = 2;
const U64 = 1n << 64n;
/** End of userspace on x86-64. */
const TASK_SIZE = 0x7fff_ffff_f000n;
const PAGES_MAX = (1n << 31n) - 1n;

export const EINVAL = 22;
export const EEXIST = 17;
export const ENOMEM = 12;

export interface Slot {
  readonly base_gfn: bigint;
  readonly npages: bigint;
  readonly userspace_addr: bigint;
  readonly flags: number;
}

/** By the number that userspace gives a slot: bits 16 and up are the address space. */
export type MemoryMap = ReadonlyMap<number, Slot>;

/** A page of the guest, and where the guest is that asks for it. */
export interface Place {
  readonly gfn: bigint;
  readonly space: AddressSpace;
}

/** The address space that a slot belongs to. */
export function spaceOf(slot: number): number {
  return slot >> 16;
}

export type Change = 'create' | 'delete' | 'move' | 'flags' | 'none';

/**
 * Where a call runs out of memory: before it changed anything, or after the slot became invalid.
 */
export type Failure = 'early' | 'late';

export interface Step {
  readonly result: number;
  /** What the call does, or was about to do when it failed. */
  readonly change: Change;
  /** The map afterwards. */
  readonly map: MemoryMap;
  /** While a slot is deleted or moved it is invalid, and its gfns answer like MMIO; else null. */
  readonly invalid: MemoryMap | null;
}

/**
 * One call: what it returns and the map afterwards. `slots` is how many slots an address space may
 * have. A call that runs out of memory leaves everything as it was.
 */
export function setMemoryRegion(
  map: MemoryMap,
  region: UserMemoryRegion,
  slots: number,
  failure: Failure | null = null,
  spaces = 1,
): Step {
  const step = plainStep(map, region, slots, spaces);
  if (step.change === 'none') return step;
  const isTwoStep = step.change === 'delete' || step.change === 'move';
  const invalid =
    isTwoStep && failure !== 'early'
      ? new Map([...map].filter(([id]) => id !== region.slot))
      : null;
  if (failure === null) return { ...step, invalid };
  return { result: -ENOMEM, change: step.change, map, invalid };
}

function plainStep(map: MemoryMap, region: UserMemoryRegion, slots: number, spaces: number): Step {
  const fails = (errno: number): Step => ({ result: -errno, change: 'none', map, invalid: null });
  const { slot: id, flags, guest_phys_addr: gpa, memory_size: size, userspace_addr } = region;
  if (id < 0 || (id & 0xffff) >= slots || spaceOf(id) >= spaces) return fails(EINVAL);
  if ((flags & ~(LOG_DIRTY | READONLY)) !== 0) return fails(EINVAL);
  if (((gpa | size | userspace_addr) & PAGE_MASK) !== 0n) return fails(EINVAL);
  if (userspace_addr + size > TASK_SIZE) return fails(EINVAL);
  if ((gpa + size) % U64 < gpa) return fails(EINVAL);
  const npages = size >> PAGE_SHIFT;
  if (npages > PAGES_MAX) return fails(EINVAL);
  const old = map.get(id);
  if (npages === 0n) {
    if (old === undefined) return fails(EINVAL);
    return done('delete', new Map([...map].filter(([other]) => other !== id)));
  }
  const slot: Slot = { base_gfn: gpa >> PAGE_SHIFT, npages, userspace_addr, flags };
  const change = changeOf(old, slot);
  if (change === null) return fails(EINVAL);
  if (change === 'none') return done(change, map);
  if (change !== 'flags' && overlaps(map, id, slot)) return fails(EEXIST);
  return done(change, new Map(map).set(id, slot));
}

function done(change: Change, map: MemoryMap): Step {
  return { result: 0, change, map, invalid: null };
}

/** What a slot may become; null if the call changes what is fixed. */
function changeOf(old: Slot | undefined, slot: Slot): Change | null {
  if (old === undefined) return 'create';
  const isFixed = old.userspace_addr === slot.userspace_addr && old.npages === slot.npages;
  if (!isFixed || ((old.flags ^ slot.flags) & READONLY) !== 0) return null;
  if (old.base_gfn !== slot.base_gfn) return 'move';
  return old.flags === slot.flags ? 'none' : 'flags';
}

function overlaps(map: MemoryMap, id: number, slot: Slot): boolean {
  return [...map].some(
    ([other, { base_gfn, npages }]) =>
      other !== id &&
      spaceOf(other) === spaceOf(id) &&
      slot.base_gfn < base_gfn + npages &&
      base_gfn < slot.base_gfn + slot.npages,
  );
}

/**
 * The host page behind gfn, or null where there is no memory. The model's pages are
 * identity-mapped.
 */
export function pageAt(map: MemoryMap, { gfn, space }: Place): bigint | null {
  for (const [slot, { base_gfn, npages, userspace_addr }] of map) {
    if (spaceOf(slot) === space && gfn >= base_gfn && gfn < base_gfn + npages) {
      return (userspace_addr >> PAGE_SHIFT) + (gfn - base_gfn);
    }
  }
  return null;
}
