// SPDX-License-Identifier: GPL-2.0-only
// How are kernels of 3.12 to 4.x driven? Their slots lie in arrays that never grow, and EPT has a
// handler of its own for entries that are none of its own.

import { nextAllocation } from '#explorer/run';
import { isReserved } from '#linux/hardware';
import { tracepointHits } from '#linux/tracepoint';
import type { AccessKind, AddressSpace, HostConfig, SlotState } from '#vocabulary';
import type { Address } from '../machine.ts';
import type { Binding, Exit, Machine } from './binding.ts';
import {
  addressOrNull,
  callFor,
  constantOr,
  isTrue,
  KVM,
  ownWord,
  ramOf,
  SLOT,
  slotState,
  u64,
  VCPU,
  vcpuCacheOf,
} from './common.ts';
import type { Kernel } from './kernel.ts';

const MEMSLOTS = 'struct kvm_memslots';

const RETRY = 0;
const EMULATE = 1;
const INVALID = 2;

/** Does `struct kvm` hold a pointer for each address space? */
const hasSpaces = (kernel: Kernel): boolean => kernel.hasField(KVM, 'memslots[0]');

const pointerPath = (kernel: Kernel, space: AddressSpace): string =>
  hasSpaces(kernel) ? `memslots[${space}]` : 'memslots';

const setOf = ({ kernel, kvm }: Machine, space: AddressSpace): Address =>
  kernel.pointer(kvm, KVM, pointerPath(kernel, space));

function slotsOf(machine: Machine, space: AddressSpace, which: 'slots' | 'all'): SlotState[] {
  const { kernel } = machine;
  const slots = setOf(machine, space);
  const found: SlotState[] = [];
  const count = Number(kernel.layouts.constant('KVM_MEM_SLOTS_NUM'));
  for (let i = 0; i < count; i++) {
    const slot = slots + kernel.place(MEMSLOTS, `memslots[${i}]`).offset;
    const id = kernel.number(slot, SLOT, 'id');
    const index = kernel.number(slots, MEMSLOTS, `id_to_index[${id}]`);
    const state = slotState(kernel, slot, index);
    if (which === 'all' || state.npages > 0n) found.push(state);
  }
  return found;
}

/** The masks that kvm_intel or kvm's own initialisation hands over when it is loaded. */
export function loadMasks(kernel: Kernel, host: HostConfig): void {
  const isEpt = host.mmio === 'ept';
  const masks: readonly [string, bigint, bigint][] = [
    ['shadow_x_mask', 4n, 0n],
    ['shadow_nx_mask', 0n, 1n << 63n],
    ['shadow_user_mask', 0n, 4n],
    ['shadow_accessed_mask', 0n, 1n << 5n],
    ['shadow_dirty_mask', 0n, 1n << 6n],
    ['shadow_present_mask', 7n & 0n, 1n],
  ];
  for (const [name, ept, shadow] of masks)
    if (kernel.translation.globals.has(name)) kernel.setGlobal(name, isEpt ? ept : shadow);
  if (kernel.translation.globals.has('tdp_enabled'))
    kernel.setGlobal('tdp_enabled', isEpt || host.npt);
}

/** The processor's part of KVM, of which one function is called: memory has no type of its own. */
export function loadOps(kernel: Kernel): void {
  if (!kernel.translation.globals.has('kvm_x86_ops')) return;
  const type = 'struct kvm_x86_ops';
  const bytes = kernel.layouts.sizeof(type);
  const wanted = { name: 'kvm_x86_ops', type, bytes, isHeap: false, fresh: 'zero' } as const;
  const { address } = kernel.flat.make(wanted);
  kernel.write(address, type, 'get_mt_mask', kernel.addressOf('driver_kvm_x86_get_mt_mask'));
  kernel.setGlobal('kvm_x86_ops', address);
}

function loadModule(kernel: Kernel, host: HostConfig): void {
  loadMasks(kernel, host);
  loadOps(kernel);
  const width = BigInt(host.maxphyaddr);
  const present = host.maxphyaddr === 52 ? 0n : 1n;
  const reserved = (((1n << (52n - width)) - 1n) << width) | (3n << 62n) | present;
  kernel.call('kvm_mmu_set_mmio_spte_mask', host.mmio === 'ept' ? (3n << 62n) | 6n : reserved);
}

function createVm(machine: Machine): void {
  const { kernel, kvm, tables } = machine;
  kernel.write(kvm, KVM, 'users_count', 1);
  for (const space of tables.keys()) {
    const bytes = kernel.layouts.sizeof(MEMSLOTS);
    const name = nextAllocation('memslots');
    const { address } = kernel.flat.make({
      name,
      type: MEMSLOTS,
      bytes,
      isHeap: true,
      fresh: 'zero',
    });
    kernel.write(address, MEMSLOTS, 'generation', BigInt.asUintN(64, -150n));
    kernel.write(kvm, KVM, pointerPath(kernel, space as AddressSpace), address);
  }
  if (kernel.has('kvm_init_memslots_id')) kernel.call('kvm_init_memslots_id', kvm);
}

/** A vCPU whose page table has one level. */
function createVcpu({ kernel, kvm, tables, host }: Machine, vcpu: Address): void {
  kernel.write(vcpu, VCPU, 'kvm', kvm);
  kernel.write(vcpu, VCPU, 'arch.mmu.root_hpa', tables[0]!);
  kernel.write(vcpu, VCPU, 'arch.mmu.root_level', 0);
  kernel.write(vcpu, VCPU, 'arch.mmu.shadow_root_level', 1);
  kernel.write(vcpu, VCPU, 'arch.mmu.direct_map', 1);
  kernel.write(vcpu, VCPU, 'arch.walk_mmu', vcpu + kernel.place(VCPU, 'arch.mmu').offset);
  if (host.nested) kernel.write(vcpu, VCPU, 'arch.hflags', 1 << 5);
}

/** MMIO without a lookup: the tracepoint is passed if and only if an SPTE was found valid. */
function cachedMmio(sptesBefore: number): AccessKind {
  return tracepointHits('handle_mmio_page_fault') > sptesBefore ? 'mmio-spte' : 'mmio-vcpu';
}

export function handleMisconfigured(machine: Machine, vcpu: Address, exit: Exit): AccessKind {
  const { kernel } = machine;
  kernel.write(vcpu, VCPU, 'stat.pf_fixed', 0);
  return exit.walk === 'misconfigured'
    ? eptMisconfig(machine, vcpu, exit)
    : pageFault(machine, vcpu, exit, exit.errorCode);
}

/** What handle_ept_misconfig() of the processor's part does with the answer. */
function eptMisconfig(machine: Machine, vcpu: Address, exit: Exit): AccessKind {
  const sptesBefore = tracepointHits('handle_mmio_page_fault');
  const ret = Number(machine.kernel.call('handle_mmio_page_fault_common', vcpu, exit.gpa, true));
  if (ret === EMULATE) return cachedMmio(sptesBefore);
  if (ret === INVALID) return pageFault(machine, vcpu, exit, 0);
  return ret === RETRY ? 'retry' : 'error';
}

function pageFault(machine: Machine, vcpu: Address, exit: Exit, errorCode: number): AccessKind {
  const { kernel, host } = machine;
  const sptesBefore = tracepointHits('handle_mmio_page_fault');
  const handler = host.mmio === 'ept' || host.npt ? 'tdp_page_fault' : 'nonpaging_page_fault';
  const r = Number(kernel.call(handler, vcpu, exit.gpa, errorCode, false));
  const wroteSpte = kernel.read(vcpu, VCPU, 'stat.pf_fixed') !== 0n;
  if (r < 0) return 'error';
  if (r === 0) return wroteSpte ? 'mapped' : 'retry';
  const isRefusedWrite = exit.mode === 'write' && !isReserved(errorCode);
  return wroteSpte || isRefusedWrite ? 'mmio-lookup' : cachedMmio(sptesBefore);
}

const mmio: Binding['mmio'] = (machine, makeVcpu) => {
  const { kernel } = machine;
  return {
    generationMask: (generation) => u64(kernel.call('generation_mmio_spte_mask', generation)),
    generationOf: (spte) => Number(kernel.call('get_mmio_spte_generation', spte)),
    isMmio: (spte) => isTrue(kernel.call('is_mmio_spte', spte)),
    gfnOf: (spte) => u64(kernel.call('get_mmio_spte_gfn', spte)),
    accessOf: (spte) => Number(kernel.call('get_mmio_spte_access', spte)),
    mark: (gfn, access) => markOf(machine, makeVcpu, gfn, access),
    generationMax: () =>
      Number(constantOr(kernel.layouts, 'MMIO_MAX_GEN', kernel.layouts.constant('MMIO_GEN_MASK'))),
    mmioMask: () => kernel.getGlobal('shadow_mmio_mask'),
  };
};

function markOf(machine: Machine, makeVcpu: () => Address, gfn: bigint, access: number): bigint {
  const sptep = ownWord(machine.kernel, 0n);
  callFor(machine, makeVcpu, 'mark_mmio_spte', sptep, gfn, access);
  return machine.kernel.m.ldu64(-1, sptep);
}

const internals: Binding['internals'] = (machine, makeVcpu) => {
  const { kernel } = machine;
  const slotOf = (npages: bigint): Address => {
    const slot = kernel.m.own.make(kernel.layouts.sizeof(SLOT));
    kernel.write(slot, SLOT, 'npages', npages);
    return slot;
  };
  return {
    compareSlots: (npages, others) => {
      if (!kernel.has('cmp_memslot')) throw new Error('slots are not sorted by size');
      return Number(kernel.call('cmp_memslot', slotOf(npages), slotOf(others)));
    },
    isErrorPfn: (pfn) => isTrue(kernel.call('is_error_pfn', pfn)),
    isNoslotPfn: (pfn) => isTrue(kernel.call('is_noslot_pfn', pfn)),
    mark: (gfn, access) => markOf(machine, makeVcpu, gfn, access),
    isCurrent: (spte) => isTrue(callFor(machine, makeVcpu, 'check_mmio_spte', spte)),
    sync: (spte, gfn, access) => {
      const sptep = ownWord(kernel, spte);
      const present = ownWord(kernel, 0n);
      const isDone = callFor(machine, makeVcpu, 'sync_mmio_spte', sptep, gfn, access, present);
      const { m } = kernel;
      return { isDone: isTrue(isDone), spte: m.ldu64(-1, sptep), present: m.lds32(-1, present) };
    },
    ram: {
      ...ramOf(machine),
      set: (old, { gfn, pfn, access, isSpeculative, isHostWritable }) => {
        const sptep = ownWord(kernel, old);
        const emulate = ownWord(kernel, 0n);
        const rest = [1, gfn, pfn, isSpeculative, isHostWritable];
        const parameters = kernel.translation.functionNamed.get('mmu_set_spte')!.parameters.length;
        const middle = parameters === 10 ? [access, false, emulate] : [access, false];
        kernel.call('mmu_set_spte', makeVcpu(), sptep, ...middle, ...rest);
        return kernel.m.ldu64(-1, sptep);
      },
    },
    vcpuCache: vcpuCacheOf(machine),
  };
};

/** All kernels of this kind; a profile says what is its own. */
export const ARRAY_BINDING: Omit<Binding, 'era'> = {
  locks: ['mmu_lock', 'slots_lock', 'srcu'],
  apart: { [MEMSLOTS]: ['generation'] },
  groups: () => [],
  spaces: (kernel, host) => (hasSpaces(kernel) ? host.addressSpaces : 1),
  emptyEntry: () => 0n,
  loadModule,
  createVm,
  createVcpu,
  publishedAt: ({ kernel, kvm }, space) =>
    kvm + kernel.place(KVM, pointerPath(kernel, space)).offset,
  setMemoryRegion: ({ kernel, kvm }, region, isInternal) => {
    const ioctl = isInternal ? 'kvm_set_memory_region' : 'kvm_vm_ioctl_set_memory_region';
    return Number(kernel.call(ioctl, kvm, region));
  },
  regionType: () => 'struct kvm_userspace_memory_region',
  handleExit: handleMisconfigured,
  forgotten: ['arch.access', 'arch.mmio_access', 'stat.pf_fixed', 'mode', 'srcu_idx'],
  setSmm: ({ kernel }, vcpu, isInSmm) => kernel.write(vcpu, VCPU, 'arch.hflags', isInSmm ? 64 : 0),
  space: ({ kernel }, vcpu) =>
    hasSpaces(kernel) && (kernel.read(vcpu, VCPU, 'arch.hflags') & 64n) !== 0n ? 1 : 0,
  slots: slotsOf,
  spare: null,
  generation: (machine, space) =>
    machine.kernel.read(setOf(machine, space), MEMSLOTS, 'generation'),
  setGeneration: (machine, space, generation) =>
    machine.kernel.write(setOf(machine, space), MEMSLOTS, 'generation', generation),
  lookup: (machine, gfn, space) => {
    const { kernel, kvm } = machine;
    const slot = hasSpaces(kernel)
      ? kernel.call('__gfn_to_memslot', setOf(machine, space), gfn)
      : kernel.call('gfn_to_memslot', kvm, gfn);
    return addressOrNull(machine, kernel.call('__gfn_to_hva_many', slot, gfn, 0, false));
  },
  lookupToWrite: (machine, gfn) =>
    addressOrNull(machine, machine.kernel.call('gfn_to_hva', machine.kvm, gfn)),
  mmioText: ({ kernel }, spte) =>
    isTrue(kernel.call('is_mmio_spte', spte))
      ? {
          gfn: u64(kernel.call('get_mmio_spte_gfn', spte)),
          generation: Number(kernel.call('get_mmio_spte_generation', spte)),
        }
      : null,
  mmio,
  currentGeneration: (machine) => Number(callFor(machine, () => 0, 'kvm_current_mmio_generation')),
  internals,
};
