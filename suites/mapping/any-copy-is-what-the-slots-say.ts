// SPDX-License-Identifier: GPL-2.0-only
// Slots come, go, move and change, in any order, and KVM copies from and to pages that it found at
// any time before. Is each copy what the plain model says: all of the bytes where they lie, or
// nothing?

import type { GuestCopy, PageCache, UserMemoryRegion, Vm } from '#vocabulary';
import { halfText, logFault, textOf } from '../guest-copies.ts';
import { type MemoryMap, type Slot, setMemoryRegion } from '../memory-map.ts';
import { Random } from '../random.ts';
import { M, type SequentialScenario, type Subject } from '../scenario.ts';

const PAGE = 0x1000n;
const LISTS = 12;
const CALLS = 20;
/** A small range, so that slots touch and take each other's place. */
const GFNS = 6;
const SLOTS = 3;
const LEN = 8n;
const EFAULT = 14;
const LOG = 1;
const READ_ONLY = 2;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mapping/any-copy-is-what-the-slots-say',
  eras: null,
  gfns: [M],
  // Nothing of it is about an SPTE.
  host: { mmio: ['ept'], userMemSlots: SLOTS },
  check: (subject) => {
    let checked = 0;
    for (let seed = 1; seed <= LISTS; seed++)
      checked += subject.fresh({}, (vm) => checkList(subject.report, vm, new Random(seed)));
    return checked;
  },
};

type Report = Subject['report'];

/** A place that KVM looked for, and whether it found it. */
interface Kept {
  readonly cache: PageCache;
  readonly gpa: bigint;
  readonly isFound: boolean;
}

function checkList(report: Report, vm: Vm, random: Random): number {
  let map: MemoryMap = new Map();
  let kept: readonly Kept[] = [];
  for (let i = 0; i < CALLS; i++) {
    const region = anyRegion(random, map);
    vm.setMemoryRegion(region);
    map = setMemoryRegion(map, region, SLOTS).map;
    kept = [...kept.slice(-2), found(report, vm, map, random)];
    for (const one of kept) if (one.isFound) checkCopies(report, vm, map, one);
  }
  return CALLS;
}

function found(report: Report, vm: Vm, map: MemoryMap, random: Random): Kept {
  const gpa = BigInt(random.below(GFNS)) * PAGE + random.pick([0n, 0x10n, 0xff8n, 0xffcn, 0xffcn]);
  const cache = vm.internals.pageCache!();
  const isFound = vm.internals.reading(() => cache.find(gpa, LEN)) === 0;
  const isThere = expectedOf(map, gpa).result === 0;
  if (isFound !== isThere)
    report('hva-cache-exact', `a page is found: ${isFound}, and is there: ${isThere}`);
  return { cache, gpa, isFound };
}

function checkCopies(report: Report, vm: Vm, map: MemoryMap, { cache, gpa }: Kept): void {
  const expected = expectedOf(map, gpa);
  for (const does of ['read', 'write'] as const) {
    const copy = vm.internals.reading(() => cache[does](LEN));
    const isHalf = copy.result !== 0 && copy.ranges.length > 0;
    if (isHalf) report('hva-cache-exact', halfText(does));
    else if (textOf(copy) !== textOf(expected))
      report('hva-cache-exact', `a ${does} is not where the slots say`);
    const fault = logFault(copy.dirty, does === 'write' ? expected.dirty : []);
    if (!isHalf && fault !== null) report('hva-cache-exact', fault);
  }
}

/** What a write does by the plain model; a read does the same and logs nothing. */
function expectedOf(map: MemoryMap, gpa: bigint): GuestCopy {
  const first = gpa / PAGE;
  const last = (gpa + LEN - 1n) / PAGE;
  const ranges: { addr: bigint; n: bigint }[] = [];
  const dirty: { slot: number; page: bigint }[] = [];
  for (let gfn = first; gfn <= last; gfn++) {
    const slot = slotOf(map, gfn);
    if (slot === null || (slot.flags & READ_ONLY) !== 0)
      return { result: -EFAULT, ranges: [], dirty: [] };
    const from = gfn === first ? gpa : gfn * PAGE;
    const end = gfn === last ? gpa + LEN : (gfn + 1n) * PAGE;
    const page = gfn - slot.base_gfn;
    ranges.push({ addr: slot.userspace_addr + page * PAGE + (from % PAGE), n: end - from });
    if ((slot.flags & LOG) !== 0) dirty.push({ slot: slot.id, page });
  }
  return { result: 0, ranges, dirty };
}

function slotOf(map: MemoryMap, gfn: bigint): (Slot & { readonly id: number }) | null {
  for (const [id, slot] of map)
    if (gfn >= slot.base_gfn && gfn < slot.base_gfn + slot.npages) return { ...slot, id };
  return null;
}

/** Mostly one that is taken, so that slots stand beside each other. */
function anyRegion(random: Random, map: MemoryMap): UserMemoryRegion {
  const slot = random.below(SLOTS);
  const old = map.get(slot);
  const gfn =
    old !== undefined && random.below(2) === 0 ? old.base_gfn : BigInt(random.below(GFNS));
  const pages = old?.npages ?? BigInt(1 + random.below(3));
  return {
    slot,
    flags: old === undefined ? random.pick([0, LOG, READ_ONLY]) : old.flags ^ random.pick([0, LOG]),
    guest_phys_addr: gfn * PAGE,
    memory_size: old !== undefined && random.below(3) === 0 ? 0n : pages * PAGE,
    userspace_addr: 0x100_0000n * BigInt(slot + 1),
  };
}
