// SPDX-License-Identifier: GPL-2.0-only
// A VM of translated C as scenarios see it: accesses of the guest, calls of userspace, and what is
// read at rest.

import { PortError } from '#explorer/run';
import type { Value } from '#explorer/world';
import { errorCodeOf, WALKS } from '#linux/hardware';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import { read_as } from '#linux/read-as';
import { srcu_read_lock, srcu_read_unlock } from '#linux/srcu';
import type {
  Access,
  AccessKind,
  AccessMode,
  AddressSpace,
  UserMemoryRegion,
  Vcpu,
  Vm,
} from '#vocabulary';
import type { Address } from '../machine.ts';
import type { Runtime } from '../memory/runtime.ts';
import type { Binding, Exit, Machine } from './binding.ts';
import { indexOf } from './objects.ts';
import { pageCacheOf } from './page-cache.ts';

const PAGE_SHIFT = 12n;

/** What a vCPU is to suites: an address in the memory of its thread. */
class OwnVcpu {
  readonly address: Address;

  constructor(address: Address) {
    this.address = address;
  }
}

export class TreeVm {
  readonly #binding: Binding;
  readonly #machine: Machine;
  readonly #gfns: ReadonlySet<bigint>;
  /** In each run a vCPU that nothing happened to. */
  readonly #fresh = new WeakMap<Runtime, Address>();

  constructor(binding: Binding, machine: Machine, gfns: readonly bigint[]) {
    this.#binding = binding;
    this.#machine = machine;
    this.#gfns = new Set(gfns);
  }

  vm(): Vm {
    const binding = this.#binding;
    const machine = this.#machine;
    const makeVcpu = () => this.#makeVcpu();
    const internals = binding.internals(machine, makeVcpu);
    return {
      addressSpaces: machine.tables.length,
      publishedCell: (space = 0) => this.#cellAt(binding.publishedAt(machine, space)),
      setMemoryRegion: (region) => binding.setMemoryRegion(machine, this.#region(region), false),
      vcpu: (carried) => this.#vcpu(carried),
      setSmm: (vcpu, isInSmm) => binding.setSmm(machine, addressOf(vcpu), isInSmm),
      carry: (vcpu) => this.#carry(addressOf(vcpu)),
      access: (vcpu, gpa, mode = 'read') => this.#access(addressOf(vcpu), gpa, mode),
      lookup: (gfn, space = 0) => this.#reading(() => binding.lookup(machine, gfn, space)),
      lookupToWrite: (gfn) => this.#reading(() => binding.lookupToWrite(machine, gfn)),
      slots: (space = 0) => this.#locked(() => binding.slots(machine, space, 'slots')),
      entries: (space = 0) => this.#locked(() => binding.slots(machine, space, 'all')),
      spareSlots: (space = 0) => {
        const { spare } = binding;
        return spare === null ? null : this.#locked(() => spare(machine, space));
      },
      generation: (space = 0) => this.#locked(() => binding.generation(machine, space)),
      generationSeen: (space = 0) => this.#reading(() => binding.generation(machine, space)),
      spte: (gfn, space = 0) => this.#m.ldu64(-1, this.#leaf(gfn, space)),
      notifier: null,
      archWriter: null,
      ...binding.others?.(machine),
      mmio: {
        ...binding.mmio(machine, makeVcpu),
        mark: (gfn, access) =>
          this.#locked(() => binding.mmio(machine, makeVcpu).mark(gfn, access)),
        currentGeneration: () => this.#locked(() => binding.currentGeneration(machine)),
      },
      internals: {
        ...internals,
        ram: {
          ...internals.ram,
          set: (old, page) => this.#reading(() => internals.ram.set(old, page)),
        },
        pageCache: () => pageCacheOf(machine),
        reading: (code) => this.#reading(code),
        writeSpte: (gfn, spte) => this.#m.st64(-1, this.#leaf(gfn, 0), spte),
        setMemoryRegion: (region) => binding.setMemoryRegion(machine, this.#region(region), true),
      },
    };
  }

  get #m(): Runtime {
    return this.#machine.kernel.m;
  }

  #lock(field: string): object {
    const { kernel, kvm } = this.#machine;
    return kernel.flat.lockAt(kvm + kernel.place('struct kvm', field).offset)!;
  }

  #locked<T>(read: () => T): T {
    const lock = this.#lock('slots_lock');
    mutex_lock(lock);
    const value = read();
    mutex_unlock(lock);
    return value;
  }

  #reading<T>(read: () => T): T {
    const srcu = this.#lock('srcu');
    const index = srcu_read_lock(srcu);
    const value = read();
    srcu_read_unlock(srcu, index);
    return value;
  }

  #cellAt(address: Address): number {
    const { memory, offset } = this.#machine.kernel.wordAt(address);
    if (!('cells' in memory)) throw new Error('the VM lies on a stack');
    return memory.cells.cellOf[offset]!;
  }

  /** A struct of the ioctl, on the thread's own memory. */
  #region(region: UserMemoryRegion): Address {
    const { kernel } = this.#machine;
    const regionType = this.#binding.regionType(kernel);
    const at = kernel.m.own.make(kernel.layouts.sizeof(regionType));
    for (const [field, value] of Object.entries(region) as [string, number | bigint][])
      kernel.write(at, regionType, field, value);
    return at;
  }

  #makeVcpu(): Address {
    const { kernel } = this.#machine;
    const vcpu = kernel.m.own.make(kernel.layouts.sizeof('struct kvm_vcpu'));
    this.#binding.createVcpu(this.#machine, vcpu);
    return vcpu;
  }

  #vcpu(carried: readonly Value[] | null): Vcpu {
    const address = this.#makeVcpu();
    if (carried !== null) this.#m.own.restore(address, carried);
    return new OwnVcpu(address);
  }

  /** What differs from a new vCPU. */
  #carry(vcpu: Address): readonly Value[] {
    const { kernel } = this.#machine;
    for (const field of this.#binding.forgotten)
      if (kernel.hasField('struct kvm_vcpu', field))
        kernel.write(vcpu, 'struct kvm_vcpu', field, 0);
    const { m } = kernel;
    let fresh = this.#fresh.get(m);
    if (fresh === undefined) {
      fresh = this.#makeVcpu();
      this.#fresh.set(m, fresh);
    }
    return m.own.difference(vcpu, fresh);
  }

  #leaf(gfn: bigint, space: AddressSpace): Address {
    if (!this.#gfns.has(gfn))
      throw new PortError(`no scenario gave the gfn 0x${gfn.toString(16)} to boot()`);
    return this.#machine.tables[space]! + 8 * indexOf(gfn);
  }

  /** One access is one exit at most: the guest's next try is a new access. */
  #access(vcpu: Address, gpa: bigint, mode: AccessMode): Access {
    const binding = this.#binding;
    const machine = this.#machine;
    const leaf = this.#leaf(gpa >> PAGE_SHIFT, binding.space(machine, vcpu));
    const walk = read_as(machine.kernel.wordAt(leaf), WALKS[mode]);
    if (typeof walk === 'bigint') return { kind: 'ram', pfn: walk };
    const exit: Exit = { gpa, mode, walk, errorCode: errorCodeOf(walk, mode) };
    const kind: AccessKind = this.#reading(() => binding.handleExit(machine, vcpu, exit));
    return { kind, pfn: 0n };
  }
}

function addressOf(vcpu: Vcpu): Address {
  return (vcpu as OwnVcpu).address;
}
