// SPDX-License-Identifier: GPL-2.0-only
// Memory: allocation with failures that the run asks for, release, copies, and sorting by a
// comparator of the tree.

import { nextAllocation } from '#explorer/run';
import { config } from '#linux/config';
import { mutex } from '#linux/mutex';
import { Place, STRUCT } from '#linux/place';
import { kfree as free } from '#linux/slab';
import { NotHosted } from '../driver/not-hosted.ts';
import type { Scalar, SiteId } from '../machine.ts';
import type { Runtime } from '../memory/runtime.ts';
import { clearUnseen, copyUnseen } from '../memory/shared.ts';
import { labelOf } from '../memory/word-scalar.ts';
import { type Intrinsics, pointer, type Run } from './intrinsic.ts';

/** More than any set of slots of a scenario needs. */
const BYTES_MAX = 0x1_0000;

/** Allocates; 0 where the run wants the allocation of this name to fail. */
function allocate(m: Runtime, bytes: number, fresh: 'zero' | 'uninitialised'): number {
  const { flat } = m;
  if (bytes > BYTES_MAX) throw new NotHosted(`an allocation of ${bytes} bytes at once`);
  const type = flat.heapTypes.get(bytes) ?? null;
  const label = (labelOf(type) ?? 'memory').replace(/^kvm_/, '');
  const name = nextAllocation(label);
  const { address } = flat.make({ name, type, bytes, isHeap: true, fresh });
  return config().failAllocations.includes(name) ? 0 : address;
}

/** Like the port's: one store for each word, which tells who was given the memory. */
const zeroed: Run = (m, site, bytes) => {
  m.at_(site);
  const size = Number(bytes);
  const address = allocate(m, size, 'uninitialised');
  if (address === 0) return 0;
  const unseen = m.flat.unseenOf.get(m.flat.heapTypes.get(size) ?? '');
  for (let word = 0; 8 * word < size; word++) {
    if (unseen?.has(word) === true) clearUnseen(m.flat, address + 8 * word);
    else m.fill(site, address + 8 * word, 0, 8);
  }
  return address;
};

const array: Run = (m, site, n, size, flags) => zeroed(m, site, BigInt(n!) * BigInt(size!), flags!);

/** The start of an object, as kfree() of src/linux wants it. */
class ObjectPlace extends Place {}
Object.defineProperty(ObjectPlace.prototype, STRUCT, { value: mutex });

const release: Run = (m, site, at) => {
  m.at_(site);
  const address = pointer(at);
  if (address === 0) return undefined;
  const placed = m.flat.find(address);
  const isStart = placed?.address === address && placed.object.heap;
  free(new ObjectPlace(isStart ? { cells: placed.object } : { stack: [], layout: NO_LAYOUT }, 0));
  return undefined;
};

const NO_LAYOUT = { label: 'what was never allocated', scalars: [] };

const duplicate: Run = (m, site, from, bytes) => {
  m.at_(site);
  const size = Number(bytes);
  const source = pointer(from);
  const address = allocate(m, size, 'uninitialised');
  if (address === 0) return 0;
  copyWords(m, site, address, source, size);
  return address;
};

/** Copies word by word; words that others write at any time are moved without being looked at. */
function copyWords(m: Runtime, site: SiteId, to: number, from: number, size: number): void {
  const unseen = m.flat.unseenOf.get(m.flat.heapTypes.get(size) ?? '');
  if (unseen === undefined || m.flat.find(to) === undefined || m.flat.find(from) === undefined) {
    m.copy(site, to, from, size);
    return;
  }
  for (let at = 0; at < size; at += 8) {
    if (unseen.has(at / 8)) copyUnseen(m.flat, to + at, from + at);
    else m.copy(site, to + at, from + at, Math.min(8, size - at));
  }
}

export const MEMORY: Intrinsics = {
  kzalloc: { prototype: 'void *kzalloc(unsigned long size, int flags)', run: zeroed },
  kvzalloc: { prototype: 'void *kvzalloc(unsigned long size, int flags)', run: zeroed },
  kvm_kvzalloc: { prototype: 'void *kvm_kvzalloc(unsigned long size)', run: zeroed },
  vzalloc: { prototype: 'void *vzalloc(unsigned long size)', run: zeroed },
  kcalloc: {
    prototype: 'void *kcalloc(unsigned long n, unsigned long size, int flags)',
    run: array,
  },
  kvcalloc: {
    prototype: 'void *kvcalloc(unsigned long n, unsigned long size, int flags)',
    run: array,
  },
  __vcalloc: {
    prototype: 'void *__vcalloc(unsigned long n, unsigned long size, int flags)',
    run: array,
  },
  vcalloc: { prototype: 'void *vcalloc(unsigned long n, unsigned long size)', run: array },
  kfree: { prototype: 'void kfree(const void *p)', run: release },
  kvfree: { prototype: 'void kvfree(const void *p)', run: release },
  vfree: { prototype: 'void vfree(const void *p)', run: release },
  kvm_kvfree: { prototype: 'void kvm_kvfree(const void *p)', run: release },
  kmemdup: {
    prototype: 'void *kmemdup(const void *src, unsigned long len, int flags)',
    run: duplicate,
  },
  memcpy: {
    prototype: 'void *memcpy(void *to, const void *from, unsigned long n)',
    run: (m, site, to, from, bytes) => {
      copyWords(m, site, pointer(to), pointer(from), Number(bytes));
      return to;
    },
  },
  memset: {
    prototype: 'void *memset(void *at, int c, unsigned long n)',
    run: (m, site, at, byte, bytes) => {
      m.fill(site, pointer(at), Number(byte), Number(bytes));
      return at;
    },
  },
  sort: {
    prototype:
      'void sort(void *base, unsigned long num, unsigned long size, ' +
      'int (*cmp)(const void *, const void *), void (*swap)(void *, void *, int))',
    run: (m, site, base, num, size, cmp) => {
      sort({ m, site, base: pointer(base), size: Number(size), cmp: pointer(cmp) }, Number(num));
      return undefined;
    },
  },
};

interface Sorted {
  readonly m: Runtime;
  readonly site: SiteId;
  readonly base: number;
  readonly size: number;
  readonly cmp: number;
}

/** Heap sort, as lib/sort.c does it: elements that compare equal have no order of their own. */
function sort(array: Sorted, num: number): void {
  for (let root = (num >> 1) - 1; root >= 0; root--) siftDown(array, root, num);
  for (let end = num - 1; end > 0; end--) {
    swap(array, 0, end);
    siftDown(array, 0, end);
  }
}

function siftDown(array: Sorted, start: number, end: number): void {
  let root = start;
  for (;;) {
    let child = 2 * root + 1;
    if (child >= end) return;
    if (child + 1 < end && compare(array, child, child + 1) < 0) child++;
    if (compare(array, root, child) >= 0) return;
    swap(array, root, child);
    root = child;
  }
}

function compare({ m, base, size, cmp }: Sorted, a: number, b: number): number {
  m.tick(-1);
  const result: Scalar | undefined = m.functionAt(cmp)(m, base + a * size, base + b * size);
  return Number(result);
}

/** Through a place that only this thread sees. */
function swap({ m, site, base, size }: Sorted, a: number, b: number): void {
  const saved = m.enter(site, size);
  m.copy(site, saved, base + a * size, size);
  m.copy(site, base + a * size, base + b * size, size);
  m.copy(site, base + b * size, saved, size);
  m.leave(size);
}
