// SPDX-License-Identifier: GPL-2.0-only
// How does a scenario drive the C of a tree? As it drives a port: this file plays the processor and
// userspace, walks the page table as hardware does, and sends exits to the tree's own handlers. It
// decides by bits only.

import { currentWorld, PortError, runDirectly } from '#explorer/run';
import type { Value } from '#explorer/world';
import { config } from '#linux/config';
import { errorCodeOf, pfnOf, WALKS } from '#linux/hardware';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import { read_as } from '#linux/read-as';
import { init_srcu_struct, srcu_read_lock, srcu_read_unlock } from '#linux/srcu';
import type {
  Access,
  AccessKind,
  AccessMode,
  AddressSpace,
  HostConfig,
  SystemUnderTest,
  UserMemoryRegion,
  Vcpu,
  Vm,
} from '#vocabulary';
import type { Address, EmittedFunction, Intrinsic } from '../machine.ts';
import { FlatWorld } from '../memory/flat-world.ts';
import type { Runtime } from '../memory/runtime.ts';
import type { Translation } from '../translation.ts';
import type { Binding, Exit, Machine } from './binding.ts';
import { Kernel } from './kernel.ts';
import { NotHosted, unhosted } from './not-hosted.ts';

/** A tree whose functions have been translated, for the sizes of one host. */
export interface TranslatedTree {
  readonly translation: Translation;
  /** In the order of `translation.intrinsics`. */
  readonly intrinsics: readonly Intrinsic[];
  /** Types of heap objects, by size in bytes. */
  readonly heapTypes: ReadonlyMap<number, string>;
  /** The functions, by number; a mutant has its own. */
  readonly code: readonly EmittedFunction[];
}

const PAGE_SHIFT = 12n;
const PAGE = 0x1000;

/** What a vCPU is to suites: an address in the memory of its thread. */
interface OwnVcpu {
  readonly address: Address;
}

/** The system under test of a tree. `translated` is asked once for each VM. */
export function treeSystem(
  binding: Binding,
  translated: (host: HostConfig) => TranslatedTree,
): SystemUnderTest {
  return {
    era: binding.era,
    boot: (gfns) => {
      const world = currentWorld();
      const host = config();
      const asked = unhosted(host);
      if (asked !== null) throw new NotHosted(asked);
      const { translation, heapTypes, intrinsics, code } = translated(host);
      const kernel = new Kernel(new FlatWorld(world, translation, heapTypes), intrinsics, code);
      binding.loadModule(kernel, host);
      const machine = {
        kernel,
        host,
        kvm: makeKvm(kernel, binding, host),
        tables: [] as Address[],
      };
      for (let space = 0; space < binding.spaces(kernel, host); space++)
        machine.tables.push(makeTable(machine, binding, space, gfns));
      kernel.flat.emptyEntry = binding.emptyEntry(kernel);
      kernel.flat.entries = machine.tables.flatMap((table) =>
        gfns.map((gfn) => table + 8 * indexOf(gfn)),
      );
      binding.createVm(machine);
      if (host.generationStart !== null) {
        machine.tables.forEach((_, space) => {
          const start = host.generationStart! + BigInt(space);
          binding.setGeneration(machine, space as AddressSpace, start);
        });
      }
      return new TreeVm(binding, machine, gfns).vm();
    },
  };
}

function makeKvm(kernel: Kernel, binding: Binding, host: HostConfig): Address {
  const { locks, apart } = binding;
  const { flat } = kernel;
  const type = 'struct kvm';
  const wordOf = (owner: string, field: string) =>
    Math.floor(kernel.place(owner, field).offset / 8);
  for (const [owner, fields] of Object.entries(apart))
    flat.apartOf.set(owner, new Set(fields.map((field) => wordOf(owner, field))));
  const groups = binding.groups(kernel, host).map((field) => {
    const { offset, size } = kernel.place(type, field);
    return [offset / 8, (offset + size) / 8] as const;
  });
  const { address } = flat.make({
    name: 'kvm',
    type,
    bytes: kernel.layouts.sizeof(type),
    isHeap: false,
    fresh: 'zero',
    locks: new Set(locks.map((field) => wordOf(type, field))),
    groups,
    apart: new Set(
      binding
        .groups(kernel, host)
        .flatMap((set) =>
          SHARED_IN_SET.filter((field) => kernel.hasField(type, `${set}.${field}`)).map((field) =>
            wordOf(type, `${set}.${field}`),
          ),
        ),
    ),
  });
  const { offset, size } = kernel.place(type, 'stat');
  flat.statistics.push([address + offset, address + offset + size]);
  for (const field of locks) {
    if (!field.endsWith('srcu')) continue;
    init_srcu_struct(flat.lockAt(address + kernel.place(type, field).offset)!);
  }
  return address;
}

/** What readers of a set look at, or write, while the updater is at work. */
const SHARED_IN_SET = ['generation', 'last_used_slot', 'gfn_tree.rb_node'];

/** A leaf page table: one page, found by the low bits of a gfn. */
function makeTable(
  machine: Machine,
  binding: Binding,
  space: number,
  gfns: readonly bigint[],
): Address {
  const { kernel } = machine;
  const { world } = kernel.flat;
  const indexes = new Set(gfns.map(indexOf));
  if (indexes.size < gfns.length)
    throw new PortError('two gfns of the scenario share an entry of the page table');
  const show = (spte: bigint) =>
    runDirectly(world, -1, () => spteText(binding, machine, spte)).result;
  const name = space === 0 ? 'page table' : 'page table of SMM';
  const { flat } = kernel;
  const common = { isHeap: false, fresh: 'zero' } as const;
  const { address } = flat.make({ ...common, name, type: null, bytes: PAGE, show });
  const type = 'struct kvm_mmu_page';
  const bytes = kernel.layouts.sizeof(type);
  const header = flat.make({ ...common, name: `header of the ${name}`, type, bytes }).address;
  kernel.write(header, type, 'spt', address);
  kernel.write(header, type, 'role.level', 1);
  kernel.write(header, type, 'role.direct', 1);
  flat.headers.set(address, header);
  return address;
}

function indexOf(gfn: bigint): number {
  return Number(gfn & 511n);
}

function spteText(binding: Binding, machine: Machine, spte: bigint): string {
  if (spte === 0n) return '0';
  const mmio = binding.mmioText(machine, spte);
  if (mmio === null && WALKS.read(spte) === 'empty') return '0';
  if (mmio === null) return `ram pfn 0x${pfnOf(spte).toString(16)}`;
  return `mmio gfn 0x${mmio.gfn.toString(16)} gen ${mmio.generation}`;
}

class TreeVm {
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
        ...binding.internals(machine, makeVcpu),
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
    return { address } satisfies OwnVcpu;
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
