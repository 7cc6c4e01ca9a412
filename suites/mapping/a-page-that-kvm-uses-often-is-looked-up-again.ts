// SPDX-License-Identifier: GPL-2.0-only
// KVM remembers where a page of the guest lies that it reads often, and by which memslots. Is the
// page looked up again after every change of the slots, and are two pages never taken for one?

import type { PageCache, Vm } from '#vocabulary';
import {
  createSlot,
  deleteSlot,
  M,
  moveSlot,
  type SequentialScenario,
  type Subject,
  type Update,
  X,
  Y,
} from '../scenario.ts';

const PAGE = 0x1000n;
const EFAULT = 14;
const EINVAL = 22;
/** Four bytes before the end of a page. */
const BEFORE_END = 0xffcn;
const ACROSS = X * PAGE + BEFORE_END;

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mapping/a-page-that-kvm-uses-often-is-looked-up-again',
  eras: ['v5.11'],
  gfns: [X, M],
  // Nothing of it is about an SPTE.
  host: { mmio: ['ept'] },
  check: ({ fresh, report }) =>
    fresh({}, (vm) => checkChanges(report, vm)) +
    fresh({}, (vm) => checkPlaces(report, vm)) +
    fresh({}, (vm) => checkTwoPages(report, vm)),
};

type Report = Subject['report'];

function findAt(vm: Vm, gpa: bigint, len: bigint): [cache: PageCache, result: number] {
  const cache = vm.internals.pageCache!();
  return [cache, vm.internals.reading(() => cache.find(gpa, len))];
}

function readOf(vm: Vm, cache: PageCache, offset = 0n, len = 4n): bigint | null {
  return vm.internals.reading(() => cache.read(offset, len));
}

function checkChanges(report: Report, vm: Vm): number {
  const changes: readonly Update[] = [
    deleteSlot(0, X),
    createSlot(1, X),
    moveSlot(1, Y),
    createSlot(2, X),
    createSlot(0, M),
  ];
  vm.setMemoryRegion(createSlot(0, X).region);
  const [cache] = findAt(vm, X * PAGE + 8n, 8n);
  const { generation, hasSlot } = cache.kept();
  if (generation !== vm.generation() || !hasSlot)
    report('cache-effective-at-rest', 'a page that was found is looked up at every read');
  for (const { region, text } of changes) {
    vm.setMemoryRegion(region);
    const hva = vm.lookup(X);
    const expected = hva === null ? null : hva + 12n;
    if (readOf(vm, cache, 4n) !== expected)
      report('lookup-equals-scan', `after ${text} a page is read where it was`);
  }
  return changes.length;
}

function checkPlaces(report: Report, vm: Vm): number {
  const [nowhere, missing] = findAt(vm, X * PAGE, 4n);
  if (missing !== -EFAULT) report('lookup-equals-scan', 'a page without a slot is found');
  if (readOf(vm, nowhere, 0n, 0n) !== null)
    report('lookup-equals-scan', 'a page without a slot is read');
  vm.setMemoryRegion(createSlot(1, 0n).region);
  const [beyond, wrapped] = findAt(vm, (1n << 64n) - 4n, 16n);
  if (wrapped !== -EINVAL) report('lookup-equals-scan', 'a range beyond the end is found');
  if (beyond.kept().generation !== vm.generation() || readOf(vm, beyond, 0n, 0n) !== null)
    report('lookup-equals-scan', 'a range beyond the end is read');
  vm.setMemoryRegion({ ...createSlot(0, X).region, flags: 2 });
  const [, readOnly] = findAt(vm, X * PAGE, 4n);
  if (readOnly !== -EFAULT) report('lookup-equals-scan', 'a page is found that KVM may not write');
  return 5;
}

function checkTwoPages(report: Report, vm: Vm): number {
  vm.setMemoryRegion(createSlot(0, X).region);
  const [, whole] = findAt(vm, ACROSS, 4n);
  if (whole !== 0) report('lookup-equals-scan', 'a range up to the end of a page is not found');
  for (const len of [5n, 8n]) {
    const [, half] = findAt(vm, ACROSS, len);
    if (half !== -EFAULT) report('lookup-equals-scan', 'half of a range is taken for all of it');
  }
  vm.setMemoryRegion(createSlot(2, Y, 2n).region);
  const [, last] = findAt(vm, (Y + 1n) * PAGE + BEFORE_END, 8n);
  if (last !== -EFAULT) report('lookup-equals-scan', 'a range goes on behind its slot');
  vm.setMemoryRegion(createSlot(1, X + 1n).region);
  const [cache, both] = findAt(vm, ACROSS, 8n);
  if (both !== 0) report('lookup-equals-scan', 'a range over two slots is not found');
  const hvas = [readOf(vm, cache, 0n), readOf(vm, cache, 4n)];
  if (hvas[0] !== vm.lookup(X)! + 0xffcn || hvas[1] !== vm.lookup(X + 1n))
    report('lookup-equals-scan', 'two pages are taken for one');
  return 7;
}
