// SPDX-License-Identifier: GPL-2.0-only
// How are kernels of 4.2 to 5.16 driven? Each address space has a set of slots in an array, sorted
// by gfn, that is replaced as a whole. Arrays have an entry for every id until 5.6, and only for
// those in use later. From 4.5 on one handler takes all faults, as in the kernels after them.

import type { AddressSpace, HostConfig, SlotState } from '#vocabulary';
import type { Address } from '../machine.ts';
import { ARRAY_BINDING, handleMisconfigured, loadOps } from './array-binding.ts';
import type { Binding, Machine } from './binding.ts';
import { hasConstant, KVM, SLOT, slotState, VCPU } from './common.ts';
import type { Kernel } from './kernel.ts';
import { guestOf, handleFault, STATISTICS, smmOf } from './sets-binding.ts';

const MEMSLOTS = 'struct kvm_memslots';
const OPS = 'struct kvm_x86_ops';
const WIDTH = 'x86_phys_bits';

const setOf = ({ kernel, kvm }: Machine, space: AddressSpace): Address =>
  kernel.pointer(kvm, KVM, `memslots[${space}]`);

/** Is there an entry for every id, used or not? Then the array has a length. */
const isFixed = ({ layouts }: Kernel): boolean => layouts.place(MEMSLOTS, 'memslots').size > 0;

/** Does bit 63 of the generation say that an update is in progress? Before, bit 0 did. */
const isFlagged = ({ layouts }: Kernel): boolean =>
  hasConstant(layouts, 'KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS');

function slotsOf(machine: Machine, space: AddressSpace, which: 'slots' | 'all'): SlotState[] {
  const { kernel } = machine;
  const set = setOf(machine, space);
  const isLong = isFixed(kernel);
  const count = isLong
    ? Number(kernel.layouts.constant('KVM_MEM_SLOTS_NUM'))
    : kernel.number(set, MEMSLOTS, 'used_slots');
  const found: SlotState[] = [];
  for (let i = 0; i < count; i++) {
    const slot = set + kernel.place(MEMSLOTS, `memslots[${i}]`).offset;
    const id = kernel.number(slot, SLOT, 'id');
    const state = slotState(kernel, slot, kernel.number(set, MEMSLOTS, `id_to_index[${id}]`));
    if (which === 'all' || state.npages > 0n) found.push(state);
  }
  return found;
}

/**
 * What vmx_enable_tdp() hands over: the rights of EPT entries, with accessed and dirty bits, for a
 * processor that cannot execute what it cannot read.
 */
const EPT_MASKS = [1n, 1n << 8n, 1n << 9n, 0n, 4n, 1n, 7n, 0n];
/** What kvm_arch_init() hands over: user, accessed, dirty, not executable, none, present. */
const PAGING_MASKS = [4n, 1n << 5n, 1n << 6n, 1n << 63n, 0n, 1n, 0n, 0n];

function loadModule(kernel: Kernel, host: HostConfig): void {
  const isEpt = host.mmio === 'ept';
  const { globals } = kernel.translation;
  const processor = globals.get('boot_cpu_data')!;
  for (const field of [WIDTH, 'x86_cache_bits'])
    kernel.write(processor.address, processor.type, field, host.maxphyaddr);
  for (const [name, value] of [
    ['shadow_phys_bits', host.maxphyaddr],
    ['nx_huge_pages', 0],
    ['enable_mmio_caching', 1],
    ['tdp_mmu_enabled', 0],
    ['tdp_enabled', Number(isEpt || host.npt)],
  ] as const)
    if (globals.has(name)) kernel.setGlobal(name, value);
  if (kernel.has('kvm_mmu_reset_all_pte_masks')) kernel.call('kvm_mmu_reset_all_pte_masks');
  if (kernel.has('kvm_mmu_set_mask_ptes'))
    kernel.call('kvm_mmu_set_mask_ptes', ...(isEpt ? EPT_MASKS : PAGING_MASKS));
  if (kernel.has('kvm_mmu_set_ept_masks')) {
    if (isEpt) kernel.call('kvm_mmu_set_ept_masks', true, true);
  } else if (isEpt) setEptMark(kernel);
  else if (kernel.has('kvm_set_mmio_spte_mask')) kernel.call('kvm_set_mmio_spte_mask');
  setOps(kernel);
}

/** What ept_set_mmio_spte_mask() of vmx.c, which is not read, hands over. */
function setEptMark(kernel: Kernel): void {
  const set = kernel.translation.functionNamed.get('kvm_mmu_set_mmio_spte_mask')!;
  const names = set.parameters.map(({ name }) => name);
  const values: Readonly<Record<string, bigint>> = {
    mmio_mask: names.length === 1 ? (3n << 62n) | 6n : 7n,
    mmio_value: 6n,
    access_mask: 0n,
  };
  kernel.call('kvm_mmu_set_mmio_spte_mask', ...names.map((name) => values[name]!));
}

/** Until 5.6 a pointer, and then a variable of its own. */
function setOps(kernel: Kernel): void {
  const ops = kernel.translation.globals.get('kvm_x86_ops');
  if (ops === undefined) return;
  if (ops.size === 8) loadOps(kernel);
  else
    kernel.write(ops.address, OPS, 'get_mt_mask', kernel.addressOf('driver_kvm_x86_get_mt_mask'));
}

function createVm(machine: Machine): void {
  const { kernel, kvm, tables } = machine;
  kernel.write(kvm, KVM, 'users_count', 1);
  // As kvm_mmu_init_vm() does where the TDP MMU is off.
  const hasRmaps = 'arch.memslots_have_rmaps';
  if (kernel.hasField(KVM, hasRmaps)) kernel.write(kvm, KVM, hasRmaps, 1);
  for (const space of tables.keys()) {
    const set = Number(kernel.call('kvm_alloc_memslots'));
    const first = isFlagged(kernel) ? BigInt(space) : BigInt(2 * space - 150);
    kernel.write(set, MEMSLOTS, 'generation', BigInt.asUintN(64, first));
    kernel.write(kvm, KVM, `memslots[${space}]`, set);
  }
}

/** The struct kvm_mmu of a guest's own tables; from 5.0 on there are several. */
const mmuOf = (kernel: Kernel): string =>
  kernel.hasField(VCPU, 'arch.root_mmu') ? 'arch.root_mmu' : 'arch.mmu';

/** A vCPU whose page table has one level. */
function createVcpu(machine: Machine, vcpu: Address): void {
  const { kernel, kvm, host } = machine;
  const path = mmuOf(kernel);
  const mmu = vcpu + kernel.place(VCPU, path).offset;
  const set = (field: string, value: number) => {
    if (kernel.hasField(VCPU, field)) kernel.write(vcpu, VCPU, field, value);
  };
  kernel.write(vcpu, VCPU, 'kvm', kvm);
  if (path !== 'arch.mmu') set('arch.mmu', mmu);
  set('arch.walk_mmu', host.nested ? vcpu + kernel.place(VCPU, 'arch.nested_mmu').offset : mmu);
  set(`${path}.root_level`, 0);
  set(`${path}.shadow_root_level`, 1);
  set(`${path}.direct_map`, 1);
  const handler = host.mmio === 'ept' || host.npt ? tdpHandler(kernel) : 'nonpaging_page_fault';
  set(`${path}.page_fault`, kernel.addressOf(handler));
  loadRoot(machine, vcpu, 0);
  if (host.nested) set('arch.hflags', guestOf(kernel));
}

const tdpHandler = (kernel: Kernel): string =>
  kernel.has('kvm_tdp_page_fault') ? 'kvm_tdp_page_fault' : 'tdp_page_fault';

function loadRoot({ kernel, tables }: Machine, vcpu: Address, space: AddressSpace): void {
  kernel.write(vcpu, VCPU, `${mmuOf(kernel)}.root_hpa`, tables[space]!);
}

/** Until 4.4 the processor's part of KVM asks for MMIO itself. */
const hasOwnMmioHandler = (kernel: Kernel): boolean => kernel.has('handle_mmio_page_fault_common');

/** Numbers that an SPTE has room for, as a mask. */
function generationMask({ layouts }: Kernel): bigint {
  const name = hasConstant(layouts, 'MMIO_SPTE_GEN_MASK') ? 'MMIO_SPTE_GEN_MASK' : 'MMIO_GEN_MASK';
  return layouts.constant(name);
}

const mmio: Binding['mmio'] = (machine, makeVcpu) => {
  const { kernel } = machine;
  const hasValue = kernel.translation.globals.has('shadow_mmio_value');
  return {
    ...ARRAY_BINDING.mmio(machine, makeVcpu),
    generationMax: () => Number(generationMask(kernel)),
    mmioMask: () => kernel.getGlobal(hasValue ? 'shadow_mmio_value' : 'shadow_mmio_mask'),
  };
};

/** All kernels of this kind; a profile says what is its own. */
export const SPACES_BINDING: Omit<Binding, 'era'> = {
  ...ARRAY_BINDING,
  locks: ['mmu_lock', 'slots_lock', 'srcu'],
  apart: { [MEMSLOTS]: ['generation', 'lru_slot'] },
  spaces: (_kernel, host) => host.addressSpaces,
  loadModule,
  createVm,
  createVcpu,
  handleExit: (machine, vcpu, exit) =>
    (hasOwnMmioHandler(machine.kernel) ? handleMisconfigured : handleFault)(machine, vcpu, exit),
  forgotten: [...STATISTICS, 'arch.access', 'arch.mmio_access', 'mode', 'srcu_idx'],
  setSmm: (machine, vcpu, isInSmm) => {
    const { kernel, host } = machine;
    const flags = (isInSmm ? smmOf(kernel) : 0) | (host.nested ? guestOf(kernel) : 0);
    kernel.write(vcpu, VCPU, 'arch.hflags', flags);
    loadRoot(machine, vcpu, isInSmm ? 1 : 0);
  },
  space: ({ kernel }, vcpu) =>
    (kernel.read(vcpu, VCPU, 'arch.hflags') & BigInt(smmOf(kernel))) !== 0n ? 1 : 0,
  slots: slotsOf,
  mmio,
  currentGeneration: (machine) => {
    const generation = machine.kernel.read(setOf(machine, 0), MEMSLOTS, 'generation');
    return Number(generation & generationMask(machine.kernel));
  },
};
