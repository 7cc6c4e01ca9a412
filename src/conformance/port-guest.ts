// SPDX-License-Identifier: GPL-2.0-only
// What does the model say that a guest sees? The port of an era does the operations, in direct
// execution, and its answers become the words that the kernel's are compared with.

import { currentWorld } from '#explorer/run';
import type { Value } from '#explorer/world';
import { settled } from '#lab/suites';
import type { EraName, Vcpu, Vm } from '#vocabulary';
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
} from './operations.ts';
import { BACKING, isAllowed, regionOf, type Truth, VCPUS } from './truth.ts';

/** How the guest is run, and so which of KVM's page tables map its memory. */
export type Paging =
  /** The processor walks a second table: KVM's own, which shadows nothing. */
  | 'nested paging'
  /** KVM shadows the tables of the guest. */
  | 'shadow paging'
  /** KVM shadows the nested tables of a hypervisor. */
  | 'nested guest';

const PAGE = 0x1000;
const WRITE = 2;

/** One VM of a port. */
export class PortGuest {
  readonly #vm: Vm;
  readonly #era: EraName;
  readonly #paging: Paging;
  readonly #pages: readonly number[];
  #vcpus: Vcpu[];

  constructor(vm: Vm, era: EraName, paging: Paging, { entries, slots }: Setup) {
    this.#era = era;
    this.#vm = vm;
    this.#paging = paging;
    this.#pages = [...entries.keys()];
    this.#vcpus = Array.from({ length: VCPUS }, () => vm.vcpu(null));
    for (const slot of slots) this.#vm.setMemoryRegion(regionOf(slot));
    if (this.#hasTables()) for (const [page, entry] of entries) this.#store(0, page, entry);
  }

  /** Does the operation, as `truth` was before it; returns what is seen. */
  do(operation: Operation, truth: Truth): Seen {
    const { guestPaging } = this.#vm;
    switch (operation.kind) {
      case 'slot':
        return result(this.#vm.setMemoryRegion(regionOf(operation)));
      case 'access':
        return this.#access(operation.vcpu, operation.page, operation.mode, truth);
      case 'store':
        this.#store(operation.vcpu, operation.page, operation.entry);
        return DONE;
      case 'reload':
        guestPaging?.reloadCr3(this.#vcpus[operation.vcpu]!);
        return DONE;
      case 'invlpg':
        guestPaging?.invlpg(this.#vcpus[operation.vcpu]!, BigInt(operation.page));
        return DONE;
    }
  }

  /** All that decides what the port does next. */
  state(): string {
    const vm = this.#vm;
    const { guestPaging } = vm;
    const sptes = this.#pages.map((page) => vm.spte(BigInt(page)));
    const shadow =
      guestPaging === undefined ? [] : [guestPaging.isShadowed(), guestPaging.isUnsync()];
    const vcpus = this.#vcpus.flatMap((vcpu) => [...vm.carry(vcpu), '|']);
    return [vm.generation(), ...sptes, ...shadow, ...vcpus].join(' ');
  }

  #hasTables(): boolean {
    return this.#paging !== 'nested paging' && this.#vm.guestPaging !== undefined;
  }

  #store(vcpu: number, page: number, entry: Entry): void {
    this.#vm.guestPaging!.writePte(this.#vcpus[vcpu]!, BigInt(page), gpteOf(entry));
  }

  #access(vcpu: number, page: number, mode: Mode, truth: Truth): Seen {
    const own = this.#vcpus[vcpu]!;
    if (this.#paging === 'nested guest') this.#vm.guestPaging!.reloadCr3(own);
    const access = settled(this.#vm, own, BigInt(page), mode);
    switch (access.kind) {
      case 'ram':
        return ram(Number(access.pfn) - BACKING / PAGE);
      case 'guest-fault':
        return FAULT;
      case 'mmio-spte':
      case 'mmio-vcpu':
      case 'mmio-lookup':
        return this.#emulate(own, page, mode, truth);
      case 'error':
        return GIVES_UP;
      default:
        return `no answer (${access.kind})`;
    }
  }

  /**
   * What comes of an access that KVM takes for MMIO: no port has the emulator. It takes the address
   * from the vCPU's cache if that holds the page and allows the access, else it walks the guest's
   * table as it is now (vcpu_mmio_gva_to_gpa()), and what it finds is memory unless the cache says
   * MMIO. Code is always fetched by such a walk.
   */
  #emulate(vcpu: Vcpu, page: number, mode: Mode, truth: Truth): Seen {
    const { reading, vcpuCache } = this.#vm.internals;
    const { gfn, access } = vcpuCache.contents(vcpu);
    const gva = BigInt(page * PAGE);
    const isByGva = this.#paging === 'shadow paging' && mode !== 'fetch' && this.#hasTables();
    const mayDo = mode === 'read' || (access & WRITE) !== 0;
    if (isByGva && mayDo && reading(() => vcpuCache.matchesGva(vcpu, gva)))
      return mmio(Number(gfn));
    const entry = truth.entry(page);
    if (!isAllowed(entry, mode)) {
      if (entry !== null) this.#invalidate(vcpu, page);
      return FAULT;
    }
    const gpa = BigInt(entry.gfn * PAGE);
    const isByGpa = mode !== 'fetch' && reading(() => vcpuCache.matchesGpa(vcpu, gpa));
    return isByGpa ? mmio(entry.gfn) : truth.answer(entry, mode);
  }

  /**
   * A fault that the emulator injects makes KVM forget the address, if the entry is there
   * (kvm_inject_emulated_page_fault()), as INVLPG does. The oldest eras do not.
   */
  #invalidate(vcpu: Vcpu, page: number): void {
    if (this.#era === 'v3.16' || this.#era === 'v3.17' || this.#era === 'v3.19') return;
    this.#vm.guestPaging?.invlpg(vcpu, BigInt(page));
  }

  /** Cells of the memory so far: what was allocated once is never given back. */
  size(): number {
    return currentWorld().memory.length;
  }

  /** Where the run stands, to come back to. */
  save(): Saved {
    const carried = this.#vcpus.map((vcpu) => this.#vm.carry(vcpu));
    return { memory: currentWorld().memory.slice(), carried };
  }

  /** Goes back. What was allocated meanwhile stays, where nobody finds it. */
  restore({ memory, carried }: Saved): void {
    const world = currentWorld();
    for (let i = 0; i < memory.length; i++) world.memory[i] = memory[i]!;
    this.#vcpus = carried.map((values) => this.#vm.vcpu(values));
  }
}

interface Saved {
  readonly memory: readonly number[];
  readonly carried: readonly (readonly Value[])[];
}

/** An entry as the port has it: present, writable, user, not executable. */
function gpteOf(entry: Entry): bigint {
  if (entry === null) return BigInt(0);
  const bits = 0x5 + (entry.isWritable ? WRITE : 0);
  const low = BigInt(entry.gfn * PAGE + bits);
  return entry.isExecutable ? low : low | (BigInt(1) << BigInt(63));
}
