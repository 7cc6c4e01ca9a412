// SPDX-License-Identifier: GPL-2.0-only
// How does a scenario drive a port? This file plays the processor and userspace: it walks the page
// table as hardware does, sends faults to the port's handlers, calls the ioctl, and reads the VM at
// rest. It is never mutated and decides by bits only, so a mutated port cannot bend the verdict.

import { Crash, currentWorld, runDirectly } from '#explorer/run';
import type { Value } from '#explorer/world';
import { config, cpu_has_vmx_ept } from '#linux/config';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import { PAGE_SHIFT } from '#linux/page';
import { pgtable_init } from '#linux/pgtable';
import { read_as } from '#linux/read-as';
import { srcu_read_lock, srcu_read_unlock } from '#linux/srcu';
import { snapshot } from '#linux/struct';
import { tracepointHits } from '#linux/tracepoint';
import type {
  Access,
  AccessKind,
  AccessMode,
  EraName,
  MmioSpteFunctions,
  SlotState,
  SystemUnderTest,
  UserMemoryRegion,
  Vm,
} from '#vocabulary';
import type { kvm_userspace_memory_region } from '../v3.16/include/uapi/linux/kvm.ts';
import type { spte_t } from '../v3.17/arch/x86/include/asm/kvm_host.ts';
import type { kvm, kvm_memory_slot, kvm_memslots_struct } from '../v3.17/include/linux/kvm_host.ts';
import { type GuestPagingPort, guestPagingOf } from './guest-paging.ts';
import { type InternalPort, internalsOf, leafOf } from './internals.ts';

/** What the machine needs to know of struct kvm_vcpu; its MMIO cache differs between eras. */
export interface VcpuFace {
  kvm: kvm | null;
  readonly stat: { pf_fixed: number; pf_guest?: number };
  readonly arch: { access: number; mmio_gva: bigint; mmio_gfn: bigint };
}

type PageFault<V> = (vcpu: V, addr: bigint, error_code: number, prefault: boolean) => number;

/** The functions of a port that hardware and userspace reach, under their kernel names. */
export interface Port<V extends VcpuFace> extends InternalPort<V> {
  readonly era: EraName;
  /** What a guest with page tables of its own reaches, where the port has it. */
  readonly guestPaging?: GuestPagingPort<V>;
  readonly kvm_userspace_memory_region: { readonly local: () => kvm_userspace_memory_region };
  readonly kvm_vcpu: { readonly local: (values?: readonly Value[]) => V };
  readonly spte_t: { readonly local: () => spte_t };
  readonly kvm_create_vm: () => kvm | null;
  readonly kvm_vm_ioctl_set_memory_region: (kvm: kvm, mem: kvm_userspace_memory_region) => number;
  readonly gfn_to_memslot: (kvm: kvm, gfn: bigint) => kvm_memory_slot | null;
  readonly gfn_to_hva: (kvm: kvm, gfn: bigint) => bigint;
  readonly __gfn_to_hva_many: (slot: kvm_memory_slot | null, gfn: bigint, write: boolean) => bigint;
  readonly kvm_is_error_hva: (addr: bigint) => boolean;
  readonly vcpu_enter_guest: (
    vcpu: V,
    kvm_x86_ops: { readonly handle_exit: (vcpu: V) => number },
  ) => number;
  readonly handle_mmio_page_fault_common: (vcpu: V, addr: bigint, direct: boolean) => number;
  readonly tdp_page_fault: PageFault<V>;
  readonly nonpaging_page_fault: PageFault<V>;
  readonly generation_mmio_spte_mask: (gen: number) => bigint;
  readonly get_mmio_spte_generation: (spte: bigint) => number;
  readonly is_mmio_spte: (spte: bigint) => boolean;
  readonly get_mmio_spte_gfn: (spte: bigint) => bigint;
  readonly get_mmio_spte_access: (spte: bigint) => number;
  readonly mark_mmio_spte: (kvm: kvm, sptep: spte_t, gfn: bigint, access: number) => void;
  readonly kvm_current_mmio_generation: (kvm: kvm) => number;
  readonly MMIO_MAX_GEN: () => number;
  readonly shadow_mmio_mask: () => bigint;
}

/** How hardware takes a leaf entry: the frame it maps, or why it cannot. */
type Walk = bigint | 'empty' | 'misconfigured' | 'reserved' | 'forbidden';

const RET_MMIO_PF_EMULATE = 1;
const RET_MMIO_PF_INVALID = 2;
const RET_MMIO_PF_RETRY = 0;
/** Bits of the error code: there is an entry; a reserved bit is set; and what the guest does. */
const PRESENT = 1;
const USER = 4;
const RESERVED = 8;
const MODE: Readonly<Record<AccessMode, number>> = { read: 0, write: 2, fetch: 16 };
const ADDRESS_BITS = 0x000f_ffff_ffff_f000n;

/**
 * EPT: the low three bits are read, write and execute; write without read is a misconfiguration,
 * all clear is a violation. Shadow paging: bit 0 is present, address bits from maxphyaddr to 51 are
 * reserved.
 */
function hardware_walk(spte: bigint): Walk {
  if (cpu_has_vmx_ept()) {
    const rights = spte & 7n;
    if (rights === 0n) return 'empty';
    return (rights & 3n) === 2n ? 'misconfigured' : pfnOf(spte);
  }
  if ((spte & 1n) === 0n) return 'empty';
  const reserved = (ADDRESS_BITS >> BigInt(config().maxphyaddr)) << BigInt(config().maxphyaddr);
  return (spte & reserved) === 0n ? pfnOf(spte) : 'reserved';
}

/** Bit 1 of a present entry lets the guest write, under both kinds of paging. */
function hardware_walk_write(spte: bigint): Walk {
  const walk = hardware_walk(spte);
  return typeof walk !== 'bigint' || (spte & 2n) !== 0n ? walk : 'forbidden';
}

/** EPT's bit 2 lets the guest execute, bit 63 of other tables keeps it from that. */
function hardware_walk_fetch(spte: bigint): Walk {
  const walk = hardware_walk(spte);
  const isAllowed = cpu_has_vmx_ept() ? (spte & 4n) !== 0n : spte >> 63n === 0n;
  return typeof walk !== 'bigint' || isAllowed ? walk : 'forbidden';
}

const WALKS = { read: hardware_walk, write: hardware_walk_write, fetch: hardware_walk_fetch };

/** One guest access in progress. */
interface Fault<V extends VcpuFace> {
  readonly port: Port<V>;
  readonly vcpu: V;
  readonly gpa: bigint;
  readonly mode: AccessMode;
}

/** MMIO without a lookup: the tracepoint is passed if and only if an SPTE was found valid. */
function cachedMmio(sptesBefore: number): AccessKind {
  return tracepointHits('handle_mmio_page_fault') > sptesBefore ? 'mmio-spte' : 'mmio-vcpu';
}

/** The full path: handlers return 1 to have the access emulated and count the SPTEs they write. */
function pageFault<V extends VcpuFace>(fault: Fault<V>, errorCode: number): AccessKind {
  const { port, vcpu, gpa } = fault;
  const sptesBefore = tracepointHits('handle_mmio_page_fault');
  const hasTdp = cpu_has_vmx_ept() || config().npt;
  const shadowed = port.guestPaging?.paging64_page_fault ?? port.nonpaging_page_fault;
  const nonTdp = config().guestPaging ? shadowed : port.nonpaging_page_fault;
  const handler = hasTdp ? port.tdp_page_fault : nonTdp;
  const r = handler(vcpu, gpa, errorCode, false);
  if (r < 0) return 'error';
  if ((vcpu.stat.pf_guest ?? 0) > 0) return 'guest-fault';
  const wroteSpte = vcpu.stat.pf_fixed > 0;
  if (r === 0) return wroteSpte ? 'mapped' : 'retry';
  return wroteSpte || isRefusedWrite(fault, errorCode) ? 'mmio-lookup' : cachedMmio(sptesBefore);
}

/**
 * A write that is emulated though no entry is made: its slot is read-only. Caches are not asked
 * unless a reserved bit was met.
 */
function isRefusedWrite<V extends VcpuFace>({ mode }: Fault<V>, errorCode: number): boolean {
  return mode === 'write' && (errorCode & RESERVED) === 0;
}

/** arch/x86/kvm/vmx.c: handle_ept_misconfig() */
function eptMisconfig<V extends VcpuFace>(fault: Fault<V>): AccessKind {
  const sptesBefore = tracepointHits('handle_mmio_page_fault');
  const ret = fault.port.handle_mmio_page_fault_common(fault.vcpu, fault.gpa, true);
  if (ret === RET_MMIO_PF_EMULATE) return cachedMmio(sptesBefore);
  if (ret === RET_MMIO_PF_INVALID) return pageFault(fault, 0);
  return ret === RET_MMIO_PF_RETRY ? 'retry' : 'error';
}

/**
 * EPT tells by two bits whether there was an entry, other tables by one: the code is the same. For
 * NPT every walk of its table is one of user mode (AMD's manual, volume 2: nested page faults).
 */
function handleExit<V extends VcpuFace>(fault: Fault<V>, walk: Walk): AccessKind {
  if (walk === 'misconfigured') return eptMisconfig(fault);
  const found = walk === 'reserved' ? PRESENT | RESERVED : walk === 'forbidden' ? PRESENT : 0;
  return pageFault(fault, found | MODE[fault.mode] | (config().npt ? USER : 0));
}

/** The machine around a port: the system under test of its era. */
export function machine<V extends VcpuFace>(port: Port<V>): SystemUnderTest {
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
      if (start !== null) kvm.memslots!.generation = start;
      return virtualMachine(port, kvm);
    },
  };
}

function spteText<V extends VcpuFace>(port: Port<V>, spte: bigint): string {
  if (spte === 0n) return '0';
  if (!port.is_mmio_spte(spte)) return `ram pfn 0x${pfnOf(spte).toString(16)}`;
  const gfn = port.get_mmio_spte_gfn(spte).toString(16);
  return `mmio gfn 0x${gfn} gen ${port.get_mmio_spte_generation(spte)}`;
}

function pfnOf(spte: bigint): bigint {
  return (spte & ADDRESS_BITS) >> PAGE_SHIFT;
}

function virtualMachine<V extends VcpuFace>(port: Port<V>, kvm: kvm): Vm {
  const locked = <T>(read: () => T): T => {
    mutex_lock(kvm.slots_lock);
    const value = read();
    mutex_unlock(kvm.slots_lock);
    return value;
  };
  const reading = <T>(read: () => T): T => {
    const idx = srcu_read_lock(kvm.srcu);
    const value = read();
    srcu_read_unlock(kvm.srcu, idx);
    return value;
  };
  return {
    publishedCell: () => {
      const { memory, offset } = kvm.$.memslots;
      if (!('cells' in memory)) throw new Error('the VM lies on a stack');
      return memory.cells.cellOf[offset]!;
    },
    setMemoryRegion: (region) => port.kvm_vm_ioctl_set_memory_region(kvm, regionOf(port, region)),
    vcpu: (carried) => {
      const vcpu = port.kvm_vcpu.local(carried ?? undefined);
      if (carried === null) vcpu.kvm = kvm;
      return vcpu;
    },
    carry: (vcpu) => carryOf(vcpu as V),
    access: (vcpu, gpa, mode = 'read') => accessOnce(kvm, { port, vcpu: vcpu as V, gpa, mode }),
    lookup: (gfn) => {
      const hva = reading(() => port.__gfn_to_hva_many(port.gfn_to_memslot(kvm, gfn), gfn, false));
      return port.kvm_is_error_hva(hva) ? null : hva;
    },
    lookupToWrite: (gfn) => {
      const hva = reading(() => port.gfn_to_hva(kvm, gfn));
      return port.kvm_is_error_hva(hva) ? null : hva;
    },
    slots: () => locked(() => slotStates(kvm.memslots!)),
    entries: () => locked(() => slotStates(kvm.memslots!, () => true)),
    generation: () => locked(() => kvm.memslots!.generation),
    spte: (gfn) => leafOf(kvm, gfn).val,
    mmio: mmioFunctions(port, kvm, locked),
    internals: internalsOf(port, kvm, {
      reading,
      setMemoryRegion: (region) => port.kvm_set_memory_region(kvm, regionOf(port, region)),
    }),
    guestPaging: guestPagingOf(port.guestPaging, kvm, (vcpu, handle_exit) => {
      port.vcpu_enter_guest(vcpu, {
        handle_exit: (current) => {
          handle_exit(current);
          return 1;
        },
      });
    }),
  };
}

function regionOf<V extends VcpuFace>(
  port: Port<V>,
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

/**
 * The cached access rights are for the emulator, which is no part of any port: two vCPUs that
 * differ in them alone behave alike.
 */
function carryOf<V extends VcpuFace>(vcpu: V): readonly Value[] {
  vcpu.arch.access = 0;
  return snapshot(vcpu);
}

/** One access is one exit at most: the guest's next try is a new access. */
function accessOnce<V extends VcpuFace>(kvm: kvm, fault: Fault<V>): Access {
  const { port, vcpu, gpa, mode } = fault;
  const walk = read_as(leafOf(kvm, gpa >> PAGE_SHIFT).$.val, WALKS[mode]);
  if (typeof walk === 'bigint') return { kind: 'ram', pfn: walk };

  let kind: AccessKind = 'error';
  vcpu.stat.pf_fixed = 0;
  port.vcpu_enter_guest(vcpu, {
    handle_exit: (current) => {
      kind = handleExit({ ...fault, vcpu: current }, walk);
      return 1;
    },
  });
  // A counter that is carried to the next exit would keep equal vCPUs apart.
  vcpu.stat.pf_fixed = 0;
  if (vcpu.stat.pf_guest !== undefined) vcpu.stat.pf_guest = 0;
  return { kind, pfn: 0n };
}

function slotStates(slots: kvm_memslots_struct, isWanted = (npages: bigint) => npages !== 0n) {
  const states: SlotState[] = [];
  for (let i = 0; i < slots.memslots.length; i++) {
    const { id, base_gfn, npages, userspace_addr, flags, arch } = slots.memslots[i]!;
    if (!isWanted(npages)) continue;
    const index = slots.id_to_index[id]!;
    const ownsMemory = arch.rmap !== null;
    states.push({ id, base_gfn, npages, userspace_addr, flags, index, ownsMemory });
  }
  return states;
}

function mmioFunctions<V extends VcpuFace>(
  port: Port<V>,
  kvm: kvm,
  locked: <T>(read: () => T) => T,
): MmioSpteFunctions {
  return {
    generationMask: port.generation_mmio_spte_mask,
    generationOf: port.get_mmio_spte_generation,
    isMmio: port.is_mmio_spte,
    gfnOf: port.get_mmio_spte_gfn,
    accessOf: port.get_mmio_spte_access,
    mark: (gfn, access) => {
      const sptep = port.spte_t.local();
      locked(() => port.mark_mmio_spte(kvm, sptep, gfn, access));
      return sptep.val;
    },
    currentGeneration: () => locked(() => port.kvm_current_mmio_generation(kvm)),
    generationMax: port.MMIO_MAX_GEN,
    mmioMask: port.shadow_mmio_mask,
  };
}
