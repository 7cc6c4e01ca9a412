// SPDX-License-Identifier: GPL-2.0-only
// What should a guest see? By the documentation of the ioctl and of the processor, in the fewest
// words: no shadow, no generation, no cache. It knows nothing of the ports, so that a fault which
// model and kernel have in common is seen as one.

import { type MemoryMap, setMemoryRegion } from '#lab/suites';
import {
  DONE,
  type Entry,
  FAULT,
  GIVES_UP,
  type Mode,
  mmio,
  type Operation,
  ram,
  result,
  type Seen,
  type Setup,
  type SlotCall,
} from './operations.ts';

export const VCPUS = 2;
/** How many slots a sequence may use. */
export const SLOTS = 4;
const PAGE = 0x1000;
const READONLY = 2;
/** Userspace addresses of the model; below 2^40, so that a frame of the same number exists. */
export const BACKING = 0x10_0000_0000;

/** The call as the model makes it. */
export function regionOf({ slot, gfn, pages, backing, flags }: SlotCall) {
  return {
    slot,
    flags,
    guest_phys_addr: BigInt(gfn * PAGE),
    memory_size: BigInt(pages * PAGE),
    userspace_addr: BigInt(BACKING + backing * PAGE),
  };
}

/** What an entry and what it leads to let an access do. */
export function isAllowed(entry: Entry, mode: Mode): entry is NonNullable<Entry> {
  if (entry === null) return false;
  if (mode === 'write') return entry.isWritable;
  return mode === 'read' || entry.isExecutable;
}

/** Guest memory and page table after some operations, and what may be seen next. */
export class Truth {
  #map: MemoryMap = new Map();
  readonly #entries: Map<number, Entry>;
  /** What each vCPU may take each page for: all that the entry said since its last flush. */
  #mayBe: Map<number, readonly Entry[]>[];
  readonly #isNested: boolean;

  constructor({ entries, slots }: Setup, isNested: boolean) {
    this.#entries = new Map(entries);
    const first = () => new Map([...entries].map(([page, entry]) => [page, [entry]]));
    this.#mayBe = Array.from({ length: VCPUS }, first);
    this.#isNested = isNested;
    for (const slot of slots) this.do(slot);
  }

  /** Another one that goes on from here. */
  copy(): Truth {
    const copy = new Truth({ entries: this.#entries, slots: [], others: [] }, this.#isNested);
    copy.#map = this.#map;
    copy.#mayBe = this.#mayBe.map((pages) => new Map(pages));
    return copy;
  }

  entry(page: number): Entry {
    return this.#entries.get(page) ?? null;
  }

  slot(slot: number): { readonly gfn: number; readonly flags: number } | null {
    const found = this.#map.get(slot);
    return found === undefined ? null : { gfn: Number(found.base_gfn), flags: found.flags };
  }

  /** Does the operation; returns all that may be seen of it. */
  do(operation: Operation): Seen[] {
    switch (operation.kind) {
      case 'slot': {
        const step = setMemoryRegion(this.#map, regionOf(operation), SLOTS);
        this.#map = step.map;
        return [result(step.result)];
      }
      case 'access':
        return this.#access(operation.vcpu, operation.page, operation.mode);
      case 'store':
        this.#entries.set(operation.page, operation.entry);
        for (const pages of this.#mayBe)
          pages.set(operation.page, [...(pages.get(operation.page) ?? [null]), operation.entry]);
        return [DONE];
      case 'reload':
        for (const page of this.#entries.keys()) this.#flush(operation.vcpu, page);
        return [DONE];
      case 'invlpg':
        this.#flush(operation.vcpu, operation.page);
        return [DONE];
    }
  }

  /** All that decides what may be seen. */
  state(): string {
    const map = [...this.#map].map(([slot, { base_gfn, flags }]) => [slot, base_gfn, flags]);
    const mayBe = this.#mayBe.map((pages) =>
      [...pages].map(([page, entries]) => [page, [...new Set(entries.map(textOf))].sort()]),
    );
    const entries = [...this.#entries].map(([page, entry]) => [page, textOf(entry)]);
    return [map.sort().join('|'), mayBe.join('|'), entries.join('|')].join(' ');
  }

  #flush(vcpu: number, page: number): void {
    this.#mayBe[vcpu]!.set(page, [this.entry(page)]);
  }

  #access(vcpu: number, page: number, mode: Mode): Seen[] {
    // Entering a guest makes all count that its hypervisor wrote.
    if (this.#isNested) this.do({ kind: 'reload', vcpu });
    const entries = this.#mayBe[vcpu]!.get(page) ?? [null];
    return [...new Set(entries.map((entry) => this.answer(entry, mode)))];
  }

  /** What an access through this entry comes to, by the slots of now. */
  answer(entry: Entry, mode: Mode): Seen {
    if (!isAllowed(entry, mode)) return FAULT;
    const { gfn } = entry;
    for (const { base_gfn, npages, userspace_addr, flags } of this.#map.values()) {
      const offset = gfn - Number(base_gfn);
      if (offset < 0 || offset >= Number(npages)) continue;
      if (mode === 'write' && (flags & READONLY) !== 0) return mmio(gfn);
      return ram((Number(userspace_addr) - BACKING) / PAGE + offset);
    }
    // Nothing can be run that userspace would have to answer for.
    return mode === 'fetch' ? GIVES_UP : mmio(gfn);
  }
}

function textOf(entry: Entry): string {
  if (entry === null) return '-';
  const { gfn, isWritable, isExecutable } = entry;
  return `${gfn}${isWritable ? 'w' : ''}${isExecutable ? 'x' : ''}`;
}
