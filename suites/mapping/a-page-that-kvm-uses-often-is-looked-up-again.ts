// SPDX-License-Identifier: GPL-2.0-only
// KVM remembers where a page of the guest lies that it uses often, and by which memslots. Is the
// page looked up again after every change of the slots, are two pages never taken for one, and is
// each that is written logged?

import type { GuestCopy, PageCache, Vm } from '#vocabulary';
import { halfText, logFault, placeText, textOf } from '../guest-copies.ts';
import {
  createSlot,
  deleteSlot,
  logDirty,
  M,
  moveSlot,
  type SequentialScenario,
  type Subject,
  type Update,
  X,
  Y,
} from '../scenario.ts';

const PAGE = 0x1000n;
/** Four bytes before the end of a page. */
const BEFORE_END = 0xffcn;
const ACROSS = X * PAGE + BEFORE_END;
/** Sixteen bytes from here on go on at 0. */
const LAST = (1n << 64n) - 4n;
const READ_ONLY = 2;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mapping/a-page-that-kvm-uses-often-is-looked-up-again',
  eras: null,
  gfns: [X, M],
  // Nothing of it is about an SPTE.
  host: { mmio: ['ept'] },
  check: ({ fresh, report }) =>
    [checkChanges, checkPlaces, checkTwoPages, checkLostHalf, checkUnmapped, checkLog, checkOffsets]
      .map((check) => fresh({}, (vm) => check(report, vm)))
      .reduce((sum, checked) => sum + checked, 0),
};

type Report = Subject['report'];
type Copy = (cache: PageCache) => GuestCopy;

/** What is copied where the slots are asked as a reader asks them. */
function copy(vm: Vm, cache: PageCache, how: Copy): GuestCopy {
  return vm.internals.reading(() => how(cache));
}

function found(report: Report, vm: Vm, gpa: bigint, len: bigint): PageCache {
  const cache = vm.internals.pageCache!();
  if (!isFound(vm, gpa, len, cache)) report('hva-cache-exact', 'a page of a slot is not found');
  return cache;
}

function isFound(vm: Vm, gpa: bigint, len: bigint, cache = vm.internals.pageCache!()): boolean {
  return vm.internals.reading(() => cache.find(gpa, len)) === 0;
}

const WAYS: readonly Copy[] = [(cache) => cache.read(4n), (cache) => cache.write(4n)];
const BOTH_PAGES: readonly Copy[] = [(cache) => cache.read(8n), (cache) => cache.write(8n)];

function checkChanges(report: Report, vm: Vm): number {
  const changes: readonly Update[] = [
    deleteSlot(0, X),
    createSlot(1, X),
    moveSlot(1, Y),
    createSlot(2, X),
    createSlot(0, M),
  ];
  vm.setMemoryRegion(createSlot(0, X).region);
  // What reads must not look up for what writes.
  const users = WAYS.map((way) => ({ way, cache: found(report, vm, X * PAGE + 8n, 8n) }));
  const isKept = (cache: PageCache) => cache.kept().generation === vm.generation();
  if (!users.every(({ cache }) => isKept(cache) && cache.kept().hasSlot))
    report('cache-effective-at-rest', 'a page that was found is looked up at every read');
  for (const { region, text } of changes) {
    vm.setMemoryRegion(region);
    const hva = vm.lookup(X);
    const expected = hva === null ? 'refused' : placeText(hva + 8n, 4n);
    for (const { way, cache } of [...users, ...users]) {
      if (textOf(copy(vm, cache, way)) !== expected)
        report('hva-cache-exact', `after ${text} a page is used where it was`);
    }
    if (hva !== null && !users.every(({ cache }) => isKept(cache)))
      report('cache-effective-at-rest', 'a page that was found is looked up at every read');
  }
  return changes.length;
}

function checkPlaces(report: Report, vm: Vm): number {
  if (isFound(vm, X * PAGE, 4n)) report('hva-cache-exact', 'a page without a slot is found');
  vm.setMemoryRegion(createSlot(0, X).region);
  vm.setMemoryRegion(createSlot(1, 0n).region);
  const refused: readonly [gpa: bigint, len: bigint, what: string][] = [
    [LAST, 16n, 'a range beyond the end'],
    [M * PAGE, 8n, 'a page without a slot'],
    [Y * PAGE, 8n, 'a page that KVM may not write'],
  ];
  vm.setMemoryRegion({ ...createSlot(2, Y).region, flags: READ_ONLY });
  for (const [gpa, len, what] of refused) {
    const cache = found(report, vm, X * PAGE, 16n);
    // The number is another one than that by which the page was found.
    vm.setMemoryRegion(logDirty(0, X).region);
    vm.setMemoryRegion(createSlot(0, X).region);
    if (isFound(vm, gpa, len, cache)) report('hva-cache-exact', `${what} is found`);
    for (const way of WAYS) {
      if (textOf(copy(vm, cache, way)) !== 'refused')
        report('hva-cache-exact', `${what} is used although it was not found`);
    }
  }
  return refused.length + 1;
}

function checkTwoPages(report: Report, vm: Vm): number {
  vm.setMemoryRegion(createSlot(0, X).region);
  if (!isFound(vm, ACROSS, 4n))
    report('hva-cache-exact', 'a range up to the end of a page is not found');
  for (const len of [5n, 8n]) {
    if (isFound(vm, ACROSS, len))
      report('hva-cache-exact', 'half of a range is taken for all of it');
  }
  vm.setMemoryRegion(createSlot(2, Y, 2n).region);
  if (isFound(vm, (Y + 1n) * PAGE + BEFORE_END, 8n))
    report('hva-cache-exact', 'a range goes on behind its slot');
  vm.setMemoryRegion(createSlot(1, X + 1n).region);
  const places: readonly [gfn: bigint, places: string][] = [
    [Y, placeText(vm.lookup(Y)! + BEFORE_END, 8n)],
    [X, [placeText(vm.lookup(X)! + BEFORE_END, 4n), placeText(vm.lookup(X + 1n)!, 4n)].join(', ')],
  ];
  for (const [gfn, expected] of places) {
    const cache = found(report, vm, gfn * PAGE + BEFORE_END, 8n);
    for (const way of BOTH_PAGES) {
      if (textOf(copy(vm, cache, way)) !== expected)
        report('hva-cache-exact', 'two pages are taken for one');
    }
  }
  return 4 + places.length;
}

function checkLostHalf(report: Report, vm: Vm): number {
  vm.setMemoryRegion(createSlot(0, X).region);
  vm.setMemoryRegion(createSlot(1, X + 1n).region);
  const caches = [found(report, vm, ACROSS, 8n), found(report, vm, ACROSS, 8n)];
  vm.setMemoryRegion(deleteSlot(1, X + 1n).region);
  BOTH_PAGES.forEach((way, i) => {
    for (let times = 0; times < 2; times++) {
      if (textOf(copy(vm, caches[i]!, way)) !== 'refused')
        report('hva-cache-exact', halfText(i === 0 ? 'read' : 'write'));
    }
  });
  return BOTH_PAGES.length;
}

/** Nothing is mapped where userspace begins, though a slot may name it. */
function checkUnmapped(report: Report, vm: Vm): number {
  vm.setMemoryRegion({ ...logDirty(0, X).region, userspace_addr: 0n });
  vm.setMemoryRegion(createSlot(1, X + 1n).region);
  // In one page, and in two, of which the first one fails.
  const gpas = [X * PAGE, ACROSS];
  for (const gpa of gpas) {
    const cache = found(report, vm, gpa, 8n);
    for (const way of BOTH_PAGES) {
      const done = copy(vm, cache, way);
      if (textOf(done) !== 'refused') report('hva-cache-exact', 'a copy that failed is not told');
      if (done.dirty.length > 0) report('hva-cache-exact', 'a page is logged that was not written');
    }
  }
  return gpas.length;
}

function pageOf(slot: number, page: bigint) {
  return { slot, page };
}

function checkLog(report: Report, vm: Vm): number {
  vm.setMemoryRegion(createSlot(0, X, 2n).region);
  vm.setMemoryRegion(createSlot(1, X + 2n).region);
  vm.setMemoryRegion(logDirty(0, X, 2n).region);
  const [first, second] = [pageOf(0, 0n), pageOf(0, 1n)];
  const writes: readonly [gpa: bigint, dirty: GuestCopy['dirty']][] = [
    [X * PAGE, [first]],
    [(X + 1n) * PAGE, [second]],
    [ACROSS, [first, second]],
    [(X + 1n) * PAGE + BEFORE_END, [second]],
    [(X + 2n) * PAGE, []],
  ];
  for (const [gpa, expected] of writes) {
    const cache = found(report, vm, gpa, 8n);
    if (copy(vm, cache, BOTH_PAGES[0]!).dirty.length > 0)
      report('hva-cache-exact', 'a page that was read is logged as written');
    const fault = logFault(copy(vm, cache, BOTH_PAGES[1]!).dirty, expected);
    if (fault !== null) report('hva-cache-exact', fault);
  }
  return writes.length;
}

function checkOffsets(report: Report, vm: Vm): number {
  vm.setMemoryRegion(createSlot(0, X).region);
  vm.setMemoryRegion(createSlot(1, X + 1n).region);
  for (const slot of [0, 1]) vm.setMemoryRegion(logDirty(slot, X + BigInt(slot)).region);
  const places: readonly [gpa: bigint, place: bigint, slot: number][] = [
    [X * PAGE, vm.lookup(X)! + 4n, 0],
    [ACROSS, vm.lookup(X + 1n)!, 1],
  ];
  for (const [gpa, addr, slot] of places) {
    const cache = found(report, vm, gpa, 8n);
    const { readAt, writeAt } = cache;
    if (readAt === undefined || writeAt === undefined) return places.length;
    const read = copy(vm, cache, () => readAt(4n, 4n));
    const written = copy(vm, cache, () => writeAt(4n, 4n));
    for (const one of [read, written]) {
      if (textOf(one) !== placeText(addr, 4n))
        report('hva-cache-exact', 'an offset leads to another place');
    }
    const fault = logFault(written.dirty, [pageOf(slot, 0n)]);
    if (fault !== null) report('hva-cache-exact', fault);
  }
  return places.length;
}
