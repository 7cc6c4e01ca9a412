// SPDX-License-Identifier: GPL-2.0-only
// How does a scenario drive a port? This file plays the processor and userspace: it walks the page
// table as hardware does, sends exits to the port's handlers, calls the ioctl, and reads the VM at
// rest. It is never mutated and decides by bits only, so a mutated port cannot bend the verdict.

import { Crash, currentWorld, runDirectly } from '#explorer/run';
import type { Value } from '#explorer/world';
import { config } from '#linux/config';
import { errorCodeOf, pfnOf, WALKS } from '#linux/hardware';
import { type mutex, mutex_lock, mutex_unlock } from '#linux/mutex';
import { PAGE_SHIFT } from '#linux/page';
import { demand_covered, pgtable_init, pte_entries, pte_index } from '#linux/pgtable';
import { read_as } from '#linux/read-as';
import { srcu_read_lock, srcu_read_unlock, type srcu_struct } from '#linux/srcu';
import { type Memory, type Of, snapshot } from '#linux/struct';
import type {
  Access,
  AccessKind,
  AccessMode,
  AddressSpace,
  EraName,
  Internals,
  MmioSpteFunctions,
  SlotState,
  SystemUnderTest,
  UserMemoryRegion,
  Vcpu,
  Vm,
} from '#vocabulary';
import type { kvm_userspace_memory_region } from '../v3.16/include/uapi/linux/kvm.ts';
import type { spte_t } from '../v3.17/arch/x86/include/asm/kvm_host.ts';

/** What the machine needs to know of struct kvm. */
export interface KvmFace {
  readonly slots_lock: Of<typeof mutex>;
  readonly srcu: Of<typeof srcu_struct>;
  /** One table after the other, for each address space one. */
  readonly arch: { readonly spt: spte_t[] };
}

/** What the machine needs to know of struct kvm_vcpu. */
export interface VcpuFace<K> {
  kvm: K | null;
}

/** An exit of the guest. */
export interface Exit {
  readonly gpa: bigint;
  readonly mode: AccessMode;
  /** EPT found an entry that is none of its own. */
  readonly isMisconfigured: boolean;
  /** Bits of PFERR_*. */
  readonly errorCode: number;
}

/** How the memslots of an era are reached; in each function `space` exists. */
export interface Memslots<K> {
  readonly spaces: () => number;
  /** The published pointer. */
  readonly pointer: (
    kvm: K,
    space: AddressSpace,
  ) => { readonly memory: Memory; readonly offset: number };
  /** The slots of the published set, or all entries, those without pages included. */
  readonly states: (kvm: K, space: AddressSpace, which: 'slots' | 'all') => readonly SlotState[];
  /** The slots of the set that is not published; null in eras that keep none. */
  readonly spare: ((kvm: K, space: AddressSpace) => readonly SlotState[]) | null;
  readonly generation: (kvm: K, space: AddressSpace) => bigint;
  /** At boot: sets the u64 generation. */
  readonly setGeneration: (kvm: K, space: AddressSpace, generation: bigint) => void;
  /** The userspace address behind gfn, or null. Called in a read-side section. */
  readonly lookup: (kvm: K, gfn: bigint, space: AddressSpace) => bigint | null;
  readonly lookupToWrite: (kvm: K, gfn: bigint) => bigint | null;
}

/** What else differs between vCPUs of the eras. */
export interface Vcpus<V> {
  /**
   * Forgets what only others than the port read: the rights that are cached for the emulator, and
   * counters. Two vCPUs that differ in them alone behave alike.
   */
  readonly forget: (vcpu: V) => void;
  readonly setSmm: (vcpu: V, isInSmm: boolean) => void;
  readonly space: (vcpu: V) => AddressSpace;
}

/** A port as the machine drives it: kernel names where all eras agree on them. */
export interface Port<K extends KvmFace, V extends VcpuFace<K>> {
  readonly era: EraName;
  readonly kvm_userspace_memory_region: { readonly local: () => kvm_userspace_memory_region };
  readonly kvm_vcpu: { readonly local: (values?: readonly Value[]) => V };
  readonly kvm_create_vm: () => K | null;
  readonly kvm_destroy_vm: (kvm: K) => void;
  readonly kvm_vm_ioctl_set_memory_region: (kvm: K, mem: kvm_userspace_memory_region) => number;
  readonly kvm_set_memory_region: (kvm: K, mem: kvm_userspace_memory_region) => number;
  readonly vcpu_enter_guest: (
    vcpu: V,
    kvm_x86_ops: { readonly handle_exit: (vcpu: V) => number },
  ) => number;
  /** The processor's part of KVM: hands the exit to the era's functions, and says how it ended. */
  readonly handleExit: (vcpu: V, exit: Exit) => AccessKind;
  readonly memslots: Memslots<K>;
  readonly vcpus: Vcpus<V>;
  /** What an MMIO SPTE says, for tables; null if it is none. */
  readonly mmioText: (spte: bigint) => { readonly gfn: bigint; readonly generation: number } | null;
  readonly mmio: (kvm: K, locked: Around) => MmioSpteFunctions;
  readonly internals: (kvm: K) => Omit<Internals, 'reading' | 'setMemoryRegion' | 'destroy'>;
  /** Threads that an era has beside vCPUs and the updater. */
  readonly others?: (kvm: K) => Pick<Vm, 'notifier' | 'archWriter'>;
  /** What a guest does to page tables of its own; undefined if it has none. */
  readonly guestPaging?: (kvm: K) => Vm['guestPaging'];
}

/** Runs code with a lock, or in a section. */
export type Around = <T>(code: () => T) => T;

/** The machine around a port: the system under test of its era. */
export function machine<K extends KvmFace, V extends VcpuFace<K>>(
  port: Port<K, V>,
): SystemUnderTest {
  return {
    era: port.era,
    boot: (gfns) => {
      const world = currentWorld();
      // Tables are printed outside any thread, and the era's functions ask for the world's host.
      pgtable_init(gfns, (spte) => runDirectly(world, -1, () => spteText(port, spte)).result);
      const kvm = port.kvm_create_vm();
      // The scenarios leave memory for the VM, so this is the port's doing and no error of ours.
      if (kvm === null) throw new Crash('kvm_create_vm() makes no VM');
      const start = config().generationStart;
      if (start !== null) {
        for (const space of spacesOf(port)) {
          port.memslots.setGeneration(kvm, space, start + BigInt(space));
        }
      }
      return virtualMachine(port, kvm);
    },
  };
}

function spacesOf<K extends KvmFace, V extends VcpuFace<K>>(port: Port<K, V>): AddressSpace[] {
  return port.memslots.spaces() === 1 ? [0] : [0, 1];
}

function spteText<K extends KvmFace, V extends VcpuFace<K>>(
  port: Port<K, V>,
  spte: bigint,
): string {
  if (spte === 0n) return '0';
  const mmio = port.mmioText(spte);
  // Some eras have a bit that is set in entries that say nothing.
  if (mmio === null && WALKS.read(spte) === 'empty') return '0';
  if (mmio === null) return `ram pfn 0x${pfnOf(spte).toString(16)}`;
  return `mmio gfn 0x${mmio.gfn.toString(16)} gen ${mmio.generation}`;
}

/** The leaf entry that maps gfn, by the word of a scenario. Throws if it did not prepare it. */
export function leafOf(kvm: KvmFace, gfn: bigint, space: AddressSpace = 0): spte_t {
  demand_covered(gfn);
  return kvm.arch.spt[space * pte_entries() + pte_index(gfn)]!;
}

function virtualMachine<K extends KvmFace, V extends VcpuFace<K>>(port: Port<K, V>, kvm: K): Vm {
  const { memslots } = port;
  const locked: Around = (read) => {
    mutex_lock(kvm.slots_lock);
    const value = read();
    mutex_unlock(kvm.slots_lock);
    return value;
  };
  const reading: Around = (read) => {
    const idx = srcu_read_lock(kvm.srcu);
    const value = read();
    srcu_read_unlock(kvm.srcu, idx);
    return value;
  };
  return {
    addressSpaces: memslots.spaces(),
    publishedCell: (space = 0) => {
      const { memory, offset } = memslots.pointer(kvm, space);
      if (!('cells' in memory)) throw new Error('the VM lies on a stack');
      return memory.cells.cellOf[offset]!;
    },
    setMemoryRegion: (region) => port.kvm_vm_ioctl_set_memory_region(kvm, regionOf(port, region)),
    vcpu: (carried) => {
      const vcpu = port.kvm_vcpu.local(carried ?? undefined);
      if (carried === null) vcpu.kvm = kvm;
      return vcpu;
    },
    setSmm: (vcpu, isInSmm) => port.vcpus.setSmm(vcpu as V, isInSmm),
    carry: (vcpu: Vcpu) => {
      port.vcpus.forget(vcpu as V);
      return snapshot(vcpu);
    },
    access: (vcpu, gpa, mode = 'read') => accessOnce(port, kvm, vcpu as V, gpa, mode),
    lookup: (gfn, space = 0) => reading(() => memslots.lookup(kvm, gfn, space)),
    lookupToWrite: (gfn) => reading(() => memslots.lookupToWrite(kvm, gfn)),
    slots: (space = 0) => locked(() => memslots.states(kvm, space, 'slots')),
    entries: (space = 0) => locked(() => memslots.states(kvm, space, 'all')),
    spareSlots: (space = 0) => {
      const { spare } = memslots;
      return spare === null ? null : locked(() => spare(kvm, space));
    },
    generation: (space = 0) => locked(() => memslots.generation(kvm, space)),
    generationSeen: (space = 0) => reading(() => memslots.generation(kvm, space)),
    spte: (gfn, space = 0) => leafOf(kvm, gfn, space).val,
    notifier: null,
    archWriter: null,
    ...port.others?.(kvm),
    guestPaging: port.guestPaging?.(kvm),
    mmio: port.mmio(kvm, locked),
    internals: {
      ...port.internals(kvm),
      reading,
      setMemoryRegion: (region) => port.kvm_set_memory_region(kvm, regionOf(port, region)),
      // Nobody uses the VM any more: that protects as the lock does (kvm->users_count in C).
      destroy: () => locked(() => port.kvm_destroy_vm(kvm)),
    },
  };
}

function regionOf<K extends KvmFace, V extends VcpuFace<K>>(
  port: Port<K, V>,
  region: UserMemoryRegion,
): kvm_userspace_memory_region {
  const mem = port.kvm_userspace_memory_region.local();
  mem.slot = region.slot;
  mem.flags = region.flags;
  mem.guest_phys_addr = region.guest_phys_addr;
  mem.memory_size = region.memory_size;
  mem.userspace_addr = region.userspace_addr;
  return mem;
}

/** One access is one exit at most: the guest's next try is a new access. */
function accessOnce<K extends KvmFace, V extends VcpuFace<K>>(
  port: Port<K, V>,
  kvm: K,
  vcpu: V,
  gpa: bigint,
  mode: AccessMode,
): Access {
  const { space } = port.vcpus;
  const walk = read_as(leafOf(kvm, gpa >> PAGE_SHIFT, space(vcpu)).$.val, WALKS[mode]);
  if (typeof walk === 'bigint') return { kind: 'ram', pfn: walk };

  let kind: AccessKind = 'error';
  const isMisconfigured = walk === 'misconfigured';
  const exit = { gpa, mode, isMisconfigured, errorCode: errorCodeOf(walk, mode) };
  port.vcpu_enter_guest(vcpu, {
    handle_exit: (current) => {
      kind = port.handleExit(current, exit);
      return 1;
    },
  });
  return { kind, pfn: 0n };
}
