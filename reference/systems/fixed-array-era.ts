// SPDX-License-Identifier: GPL-2.0-only
// How does the machine drive v3.16 to v3.19? These eras have one address space, whose slots lie in
// an array that never grows, and an exit of EPT's for entries that are none of its own.

import { config, cpu_has_vmx_ept } from '#linux/config';
import { isReserved } from '#linux/hardware';
import { spin_lock, spin_unlock, type spinlock_t } from '#linux/spinlock';
import type { Memory, Of } from '#linux/struct';
import { tracepointHits } from '#linux/tracepoint';
import type { AccessKind, MmioSpteFunctions, SlotState } from '#vocabulary';
import type { spte_t } from '../v3.17/arch/x86/include/asm/kvm_host.ts';
import type { kvm_memory_slot } from '../v3.17/include/linux/kvm_host.ts';
import { type InternalPort, internalsOf } from './fixed-array-internals.ts';
import { type GuestKvm, type GuestPagingPort, guestPagingOf } from './guest-paging.ts';
import type { Around, Exit, Port, VcpuFace } from './machine.ts';

/** A slot of these eras: what it owns is asked by nobody, but whether it owns something. */
export type ArraySlot = Pick<
  kvm_memory_slot,
  'id' | 'base_gfn' | 'npages' | 'userspace_addr' | 'flags'
> & { readonly arch: { readonly rmap: object | null } };

/** A set of slots of these eras: what stands beside the array differs between them. */
interface ArrayMemslots {
  generation: bigint;
  readonly memslots: readonly ArraySlot[];
  readonly id_to_index: number[];
}

/** A VM of these eras. */
export interface ArrayKvm extends GuestKvm {
  readonly mmu_lock: Of<typeof spinlock_t>;
  readonly arch: GuestKvm['arch'] & { readonly sp: readonly { readonly unsync: number }[] };
  readonly memslots: ArrayMemslots | null;
  readonly $: { readonly memslots: { readonly memory: Memory; readonly offset: number } };
}

/** A vCPU of these eras; its MMIO cache differs between them. */
export interface ArrayVcpu<K extends ArrayKvm> extends VcpuFace<K> {
  readonly stat: { pf_fixed: number; pf_guest?: number };
  readonly arch: { access: number; mmio_gva: bigint; mmio_gfn: bigint };
}

/** The functions that a guest with page tables of its own reaches, under their kernel names. */
interface ShadowingPort<V> {
  readonly paging64_page_fault: PageFault<V>;
  readonly kvm_set_cr3: (vcpu: V) => number;
  readonly kvm_mmu_invlpg: (vcpu: V, gva: bigint) => void;
  readonly mmu_need_write_protect: (vcpu: V, can_unsync: boolean) => boolean;
}

type PageFault<V> = (vcpu: V, addr: bigint, error_code: number, prefault: boolean) => number;

type Machine<K extends ArrayKvm, V extends ArrayVcpu<K>> = Omit<
  Port<K, V>,
  'handleExit' | 'memslots' | 'vcpus' | 'mmioText' | 'mmio' | 'internals' | 'guestPaging'
>;

/** The functions of a port that hardware and userspace reach, under their kernel names. */
export interface ArrayPort<K extends ArrayKvm, V extends ArrayVcpu<K>>
  extends Machine<K, V>,
    InternalPort<K, V> {
  readonly kvm_vcpu: Machine<K, V>['kvm_vcpu'];
  readonly gfn_to_memslot: (kvm: K, gfn: bigint) => ArraySlot | null;
  readonly gfn_to_hva: (kvm: K, gfn: bigint) => bigint;
  /** Takes what gfn_to_memslot() found, and nothing else. */
  __gfn_to_hva_many(
    slot: ArraySlot | null,
    gfn: bigint,
    nr_pages: { n: bigint } | null,
    write: boolean,
  ): bigint;
  readonly kvm_is_error_hva: (addr: bigint) => boolean;
  readonly handle_mmio_page_fault_common: (vcpu: V, addr: bigint, direct: boolean) => number;
  readonly tdp_page_fault: PageFault<V>;
  readonly nonpaging_page_fault: PageFault<V>;
  /** What a guest with page tables of its own reaches, in ports that have it. */
  readonly shadowed?: ShadowingPort<V>;
  readonly generation_mmio_spte_mask: (gen: number) => bigint;
  readonly get_mmio_spte_generation: (spte: bigint) => number;
  readonly is_mmio_spte: (spte: bigint) => boolean;
  readonly get_mmio_spte_gfn: (spte: bigint) => bigint;
  readonly get_mmio_spte_access: (spte: bigint) => number;
  readonly mark_mmio_spte: (kvm: K, sptep: spte_t, gfn: bigint, access: number) => void;
  readonly kvm_current_mmio_generation: (kvm: K) => number;
  readonly MMIO_MAX_GEN: () => number;
  readonly shadow_mmio_mask: () => bigint;
}

const RET_MMIO_PF_EMULATE = 1;
const RET_MMIO_PF_INVALID = 2;
const RET_MMIO_PF_RETRY = 0;

/** The port as the machine drives it. */
export function arrayEra<K extends ArrayKvm, V extends ArrayVcpu<K>>(
  port: ArrayPort<K, V>,
): Port<K, V> {
  const orNull = (hva: bigint) => (port.kvm_is_error_hva(hva) ? null : hva);
  return {
    ...port,
    handleExit: (vcpu, exit) => handleExit(port, vcpu, exit),
    memslots: {
      spaces: () => 1,
      pointer: (kvm) => kvm.$.memslots,
      states: (kvm, _space, which) => slotStates(kvm.memslots!, which),
      spare: null,
      generation: (kvm) => kvm.memslots!.generation,
      setGeneration: (kvm, _space, generation) => {
        kvm.memslots!.generation = generation;
      },
      lookup: (kvm, gfn) =>
        orNull(port.__gfn_to_hva_many(port.gfn_to_memslot(kvm, gfn), gfn, null, false)),
      lookupToWrite: (kvm, gfn) => orNull(port.gfn_to_hva(kvm, gfn)),
    },
    vcpus: {
      forget: (vcpu) => {
        vcpu.arch.access = 0;
        vcpu.stat.pf_fixed = 0;
      },
      setSmm: () => {
        throw new Error(`${port.era} has no address space for SMM`);
      },
      space: () => 0,
    },
    mmioText: (spte) =>
      port.is_mmio_spte(spte)
        ? { gfn: port.get_mmio_spte_gfn(spte), generation: port.get_mmio_spte_generation(spte) }
        : null,
    mmio: (kvm, locked) => mmioFunctions(port, kvm, locked),
    internals: (kvm) => internalsOf(port, kvm),
    guestPaging: (kvm) =>
      port.shadowed && guestPagingOf(shadowingOf(port.shadowed), port.vcpu_enter_guest, kvm),
  };
}

function shadowingOf<K extends ArrayKvm, V extends ArrayVcpu<K>>(
  port: ShadowingPort<V>,
): GuestPagingPort<K, V> {
  const locked =
    (kvm: K): Around =>
    (code) => {
      spin_lock(kvm.mmu_lock);
      const value = code();
      spin_unlock(kvm.mmu_lock);
      return value;
    };
  return {
    flush: port.kvm_set_cr3,
    kvm_mmu_invlpg: port.kvm_mmu_invlpg,
    locked,
    allowWrite: (vcpu) => locked(vcpu.kvm!)(() => port.mmu_need_write_protect(vcpu, true)),
    emptySpte: 0n,
    pages: (kvm) => kvm.arch.sp,
  };
}

/** MMIO without a lookup: the tracepoint is passed if and only if an SPTE was found valid. */
export function cachedMmio(sptesBefore: number): AccessKind {
  return tracepointHits('handle_mmio_page_fault') > sptesBefore ? 'mmio-spte' : 'mmio-vcpu';
}

function handleExit<K extends ArrayKvm, V extends ArrayVcpu<K>>(
  port: ArrayPort<K, V>,
  vcpu: V,
  exit: Exit,
): AccessKind {
  vcpu.stat.pf_fixed = 0;
  const kind = exit.isMisconfigured
    ? eptMisconfig(port, vcpu, exit)
    : pageFault(port, vcpu, exit, exit.errorCode);
  vcpu.stat.pf_fixed = 0;
  if (vcpu.stat.pf_guest !== undefined) vcpu.stat.pf_guest = 0;
  return kind;
}

/** arch/x86/kvm/vmx.c: handle_ept_misconfig() */
function eptMisconfig<K extends ArrayKvm, V extends ArrayVcpu<K>>(
  port: ArrayPort<K, V>,
  vcpu: V,
  exit: Exit,
): AccessKind {
  const sptesBefore = tracepointHits('handle_mmio_page_fault');
  const ret = port.handle_mmio_page_fault_common(vcpu, exit.gpa, true);
  if (ret === RET_MMIO_PF_EMULATE) return cachedMmio(sptesBefore);
  if (ret === RET_MMIO_PF_INVALID) return pageFault(port, vcpu, exit, 0);
  return ret === RET_MMIO_PF_RETRY ? 'retry' : 'error';
}

/** The full path: handlers return 1 to have the access emulated and count the SPTEs they write. */
function pageFault<K extends ArrayKvm, V extends ArrayVcpu<K>>(
  port: ArrayPort<K, V>,
  vcpu: V,
  { gpa, mode }: Exit,
  errorCode: number,
): AccessKind {
  const sptesBefore = tracepointHits('handle_mmio_page_fault');
  const hasTdp = cpu_has_vmx_ept() || config().npt;
  const shadowed = port.shadowed?.paging64_page_fault ?? port.nonpaging_page_fault;
  const withoutTdp = config().guestPaging ? shadowed : port.nonpaging_page_fault;
  const handler = hasTdp ? port.tdp_page_fault : withoutTdp;
  const r = handler(vcpu, gpa, errorCode, false);
  if (r < 0) return 'error';
  // Who is told of a fault must not have its access done as well.
  if ((vcpu.stat.pf_guest ?? 0) > 0) return r === 0 ? 'guest-fault' : 'error';
  const wroteSpte = vcpu.stat.pf_fixed > 0;
  if (r === 0) return wroteSpte ? 'mapped' : 'retry';
  // A write is emulated though no entry is made, where its slot is read-only. Caches are not asked
  // unless a reserved bit was met.
  const isRefusedWrite = mode === 'write' && !isReserved(errorCode);
  return wroteSpte || isRefusedWrite ? 'mmio-lookup' : cachedMmio(sptesBefore);
}

function slotStates(slots: ArrayMemslots, which: 'slots' | 'all'): SlotState[] {
  const states: SlotState[] = [];
  for (let i = 0; i < slots.memslots.length; i++) {
    const { id, base_gfn, npages, userspace_addr, flags, arch } = slots.memslots[i]!;
    if (which === 'slots' && npages === 0n) continue;
    const index = slots.id_to_index[id]!;
    const ownsMemory = arch.rmap !== null;
    states.push({ id, base_gfn, npages, userspace_addr, flags, index, ownsMemory });
  }
  return states;
}

function mmioFunctions<K extends ArrayKvm, V extends ArrayVcpu<K>>(
  port: ArrayPort<K, V>,
  kvm: K,
  locked: Around,
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
