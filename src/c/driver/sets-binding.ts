// SPDX-License-Identifier: GPL-2.0-only
// How are kernels from 5.17 on driven? Two sets of slots for each address space stay in memory and
// take turns; slots are found through trees and a hash, and one handler takes all faults.

import { isReserved } from '#linux/hardware';
import { tracepointHits } from '#linux/tracepoint';
import type { AccessKind, AddressSpace, HostConfig, MappedPage, SlotState } from '#vocabulary';
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
const NODE = 'struct rb_node';
const RSVD = 8;

/** Bits of arch.hflags, which moved. */
export const smmOf = ({ layouts }: Kernel) => Number(constantOr(layouts, 'HF_SMM_MASK', 2n));
export const guestOf = ({ layouts }: Kernel) => Number(constantOr(layouts, 'HF_GUEST_MASK', 1n));

const setOf = ({ kernel, kvm }: Machine, space: AddressSpace): Address =>
  kernel.pointer(kvm, KVM, `memslots[${space}]`);

const storedSet = ({ kernel, kvm }: Machine, space: number, i: number): Address =>
  kvm + kernel.place(KVM, `__memslots[${space}][${i}]`).offset;

/** The slots of a set by ascending gfn, as its tree has them. */
function slotsIn({ kernel }: Machine, set: Address): SlotState[] {
  const index = kernel.number(set, MEMSLOTS, 'node_idx');
  const offset = kernel.place(SLOT, `gfn_node[${index}]`).offset;
  const found: Address[] = [];
  const visit = (node: Address): void => {
    if (node === 0) return;
    visit(kernel.pointer(node, NODE, 'rb_left'));
    found.push(node - offset);
    visit(kernel.pointer(node, NODE, 'rb_right'));
  };
  visit(kernel.pointer(set, MEMSLOTS, 'gfn_tree.rb_node'));
  return found.map((slot) => {
    const id = kernel.number(slot, SLOT, 'id');
    const byId = Number(kernel.call('id_to_memslot', set, id));
    return slotState(kernel, slot, found.indexOf(byId));
  });
}

function loadModule(kernel: Kernel, host: HostConfig): void {
  const isEpt = host.mmio === 'ept';
  const widths: readonly [string, string][] = [
    ['boot_cpu_data', 'x86_phys_bits'],
    ['boot_cpu_data', 'x86_cache_bits'],
    ['kvm_host', 'maxphyaddr'],
  ];
  for (const [name, field] of widths) {
    const variable = kernel.translation.globals.get(name);
    if (variable !== undefined)
      kernel.write(variable.address, variable.type, field, host.maxphyaddr);
  }
  const parameters: readonly [string, number][] = [
    ['shadow_phys_bits', host.maxphyaddr],
    ['allow_mmio_caching', 1],
    ['enable_mmio_caching', 1],
    ['nx_huge_pages', 0],
    ['tdp_mmu_enabled', 0],
  ];
  for (const [name, value] of parameters)
    if (kernel.translation.globals.has(name)) kernel.setGlobal(name, value);
  kernel.call('kvm_mmu_reset_all_pte_masks');
  if (isEpt) kernel.call('kvm_mmu_set_ept_masks', true, true);
  if (kernel.translation.globals.has('tdp_enabled'))
    kernel.setGlobal('tdp_enabled', isEpt || host.npt);
}

function createVm(machine: Machine): void {
  const { kernel, kvm, tables } = machine;
  const { flat } = kernel;
  kernel.write(kvm, KVM, 'users_count', 1);
  for (const space of tables.keys()) {
    for (const i of [0, 1]) {
      const set = storedSet(machine, space, i);
      kernel.write(set, MEMSLOTS, 'node_idx', i);
      kernel.write(set, MEMSLOTS, 'generation', space);
    }
    kernel.write(kvm, KVM, `memslots[${space}]`, storedSet(machine, space, 0));
  }
  const value = 'arch.shadow_mmio_value';
  if (kernel.hasField(KVM, value))
    kernel.write(kvm, KVM, value, kernel.getGlobal('shadow_mmio_value'));
  for (const entry of flat.entries) kernel.m.st64(-1, entry, flat.emptyEntry);
}

/** A vCPU whose page table has one level. */
function createVcpu(machine: Machine, vcpu: Address): void {
  const { kernel, kvm, host } = machine;
  const mmu = vcpu + kernel.place(VCPU, 'arch.root_mmu').offset;
  const set = (path: string, value: number) => {
    if (kernel.hasField(VCPU, path)) kernel.write(vcpu, VCPU, path, value);
  };
  kernel.write(vcpu, VCPU, 'kvm', kvm);
  set('arch.mmu', mmu);
  const walked = host.nested ? vcpu + kernel.place(VCPU, 'arch.nested_mmu').offset : mmu;
  set('arch.walk_mmu', walked);
  set('arch.root_mmu.root_role.direct', 1);
  set('arch.root_mmu.mmu_role.base.direct', 1);
  set('arch.root_mmu.direct_map', 1);
  set('arch.root_mmu.root_role.level', 1);
  set('arch.root_mmu.shadow_root_level', 1);
  const hasTdp = host.mmio === 'ept' || host.npt;
  set(
    'arch.root_mmu.page_fault',
    kernel.addressOf(hasTdp ? 'kvm_tdp_page_fault' : 'nonpaging_page_fault'),
  );
  loadRoot(machine, vcpu, 0);
  if (host.nested) set('arch.hflags', guestOf(kernel));
}

function loadRoot({ kernel, tables }: Machine, vcpu: Address, space: AddressSpace): void {
  const path = kernel.hasField(VCPU, 'arch.root_mmu.root.hpa')
    ? 'arch.root_mmu.root.hpa'
    : 'arch.root_mmu.root_hpa';
  kernel.write(vcpu, VCPU, path, tables[space]!);
}

/** The processor's part of KVM asks the bus of devices first, on which there is none. */
export function handleFault({ kernel }: Machine, vcpu: Address, exit: Exit): AccessKind {
  const sptesBefore = tracepointHits('handle_mmio_page_fault');
  for (const field of STATISTICS)
    if (kernel.hasField(VCPU, field)) kernel.write(vcpu, VCPU, field, 0);
  const errorCode = exit.walk === 'misconfigured' ? RSVD : exit.errorCode;
  const r = Number(kernel.call('kvm_mmu_page_fault', vcpu, exit.gpa, errorCode, 0, 0));
  const count = (name: string) => kernel.read(vcpu, VCPU, `stat.${name}`);
  if (r < 0) return 'error';
  if (count('insn_emulation') === 0n) return count('pf_fixed') > 0n ? 'mapped' : 'retry';
  // A write is emulated though no entry is made, where its slot is read-only. Caches are not asked
  // unless a reserved bit was met.
  const wasCacheAsked = exit.walk === 'misconfigured' || isReserved(exit.errorCode);
  const handled = kernel.hasField(VCPU, 'stat.pf_taken') ? 'pf_taken' : 'pf_fixed';
  if (count(handled) > 0n || !wasCacheAsked) return 'mmio-lookup';
  return tracepointHits('handle_mmio_page_fault') > sptesBefore ? 'mmio-spte' : 'mmio-vcpu';
}

export const STATISTICS = [
  'pf_taken',
  'pf_fixed',
  'pf_emulate',
  'pf_spurious',
  'pf_mmio_spte_created',
  'insn_emulation',
].map((name) => `stat.${name}`);

function markOf(machine: Machine, makeVcpu: () => Address, gfn: bigint, access: number): bigint {
  const { kernel } = machine;
  const sptep = ownWord(kernel, kernel.flat.emptyEntry);
  kernel.call('mark_mmio_spte', makeVcpu(), sptep, gfn, access);
  return kernel.m.ldu64(-1, sptep);
}

const FAULT = 'struct kvm_page_fault';

/** mmu_set_spte() as direct_map() calls it, for a fault on this page. */
function setSpte({ kernel, host }: Machine, vcpu: Address, old: bigint, page: MappedPage): bigint {
  const { m, layouts } = kernel;
  const slot = m.own.make(layouts.sizeof(SLOT));
  const fault = m.own.make(layouts.sizeof(FAULT));
  const { gfn, pfn, access, isSpeculative, isHostWritable } = page;
  const fields: readonly [string, number | bigint | boolean][] = [
    ['addr', gfn << 12n],
    ['prefetch', isSpeculative],
    ['is_tdp', host.mmio === 'ept'],
    ['gfn', gfn],
    ['slot', slot],
    ['pfn', pfn],
    ['map_writable', isHostWritable],
  ];
  for (const [field, value] of fields)
    if (kernel.hasField(FAULT, field)) kernel.write(fault, FAULT, field, BigInt(value));
  const sptep = ownWord(kernel, old);
  kernel.call('mmu_set_spte', vcpu, slot, sptep, access, gfn, pfn, fault);
  return m.ldu64(-1, sptep);
}

const mmio: Binding['mmio'] = (machine, makeVcpu) => {
  const { kernel } = machine;
  return {
    generationMask: (generation) => u64(kernel.call('generation_mmio_spte_mask', generation)),
    generationOf: (spte) => Number(kernel.call('get_mmio_spte_generation', spte)),
    isMmio: (spte) => isTrue(isMmio(machine, spte)),
    gfnOf: (spte) => u64(kernel.call('get_mmio_spte_gfn', spte)),
    accessOf: (spte) => Number(kernel.call('get_mmio_spte_access', spte)),
    mark: (gfn, access) => markOf(machine, makeVcpu, gfn, access),
    generationMax: () => Number(kernel.layouts.constant('MMIO_SPTE_GEN_MASK')),
    mmioMask: () => kernel.getGlobal('shadow_mmio_value'),
  };
};

const isMmio = (machine: Machine, spte: bigint) => callFor(machine, () => 0, 'is_mmio_spte', spte);

const internals: Binding['internals'] = (machine, makeVcpu) => {
  const { kernel } = machine;
  return {
    compareSlots: () => 0,
    isErrorPfn: (pfn) => isTrue(kernel.call('is_error_pfn', pfn)),
    isNoslotPfn: (pfn) => isTrue(kernel.call('is_noslot_pfn', pfn)),
    mark: (gfn, access) => markOf(machine, makeVcpu, gfn, access),
    isCurrent: (spte) => isTrue(kernel.call('check_mmio_spte', makeVcpu(), spte)),
    sync: (spte, gfn, access) => {
      const sptep = ownWord(kernel, spte);
      const isDone = isTrue(kernel.call('sync_mmio_spte', makeVcpu(), sptep, gfn, access));
      const after = kernel.m.ldu64(-1, sptep);
      return { isDone, spte: after, present: isDone && after !== kernel.flat.emptyEntry ? 1 : 0 };
    },
    ram: {
      ...ramOf(machine),
      set: (old, page) => setSpte(machine, makeVcpu(), old, page),
    },
    vcpuCache: vcpuCacheOf(machine),
  };
};

/** All kernels of this kind; a profile says what is its own. */
export const SETS_BINDING: Omit<Binding, 'era'> = {
  locks: ['mmu_lock', 'slots_lock', 'slots_arch_lock', 'mn_invalidate_lock', 'srcu'],
  apart: {},
  groups: (_kernel, host) =>
    Array.from({ length: host.addressSpaces }, (_, space) =>
      [0, 1].map((i) => `__memslots[${space}][${i}]`),
    ).flat(),
  spaces: (_kernel, host) => host.addressSpaces,
  emptyEntry: (kernel) => constantOr(kernel.layouts, 'SHADOW_NONPRESENT_VALUE', 0n),
  loadModule,
  createVm,
  createVcpu,
  publishedAt: ({ kernel, kvm }, space) => kvm + kernel.place(KVM, `memslots[${space}]`).offset,
  setMemoryRegion: ({ kernel, kvm }, region, isInternal) => {
    const ioctl = isInternal ? 'kvm_set_memory_region' : 'kvm_vm_ioctl_set_memory_region';
    return Number(kernel.call(ioctl, kvm, region));
  },
  regionType: (kernel) =>
    kernel.layouts.has('struct kvm_userspace_memory_region2', 'slot')
      ? 'struct kvm_userspace_memory_region2'
      : 'struct kvm_userspace_memory_region',
  handleExit: handleFault,
  forgotten: [...STATISTICS, 'arch.mmio_access', 'mode', 'srcu_idx'],
  setSmm: (machine, vcpu, isInSmm) => {
    const { kernel, host } = machine;
    kernel.write(
      vcpu,
      VCPU,
      'arch.hflags',
      (isInSmm ? smmOf(kernel) : 0) | (host.nested ? guestOf(kernel) : 0),
    );
    const role = 'arch.root_mmu.root_role.smm';
    if (kernel.hasField(VCPU, role)) kernel.write(vcpu, VCPU, role, Number(isInSmm));
    loadRoot(machine, vcpu, isInSmm ? 1 : 0);
  },
  space: ({ kernel }, vcpu) =>
    (kernel.read(vcpu, VCPU, 'arch.hflags') & BigInt(smmOf(kernel))) !== 0n ? 1 : 0,
  slots: (machine, space) => slotsIn(machine, setOf(machine, space)),
  spare: (machine, space) => {
    const active = machine.kernel.number(setOf(machine, space), MEMSLOTS, 'node_idx');
    return slotsIn(machine, storedSet(machine, space, 1 - active));
  },
  generation: (machine, space) =>
    machine.kernel.read(setOf(machine, space), MEMSLOTS, 'generation'),
  setGeneration: (machine, space, generation) =>
    machine.kernel.write(setOf(machine, space), MEMSLOTS, 'generation', generation),
  lookup: (machine, gfn, space) => {
    const { kernel } = machine;
    const slot = kernel.call('__gfn_to_memslot', setOf(machine, space), gfn);
    return addressOrNull(machine, kernel.call('__gfn_to_hva_many', slot, gfn, 0, false));
  },
  lookupToWrite: (machine, gfn) =>
    addressOrNull(machine, machine.kernel.call('gfn_to_hva', machine.kvm, gfn)),
  mmioText: (machine, spte) =>
    isTrue(isMmio(machine, spte))
      ? {
          gfn: u64(machine.kernel.call('get_mmio_spte_gfn', spte)),
          generation: Number(machine.kernel.call('get_mmio_spte_generation', spte)),
        }
      : null,
  mmio,
  currentGeneration: (machine) =>
    Number(
      machine.kernel.read(setOf(machine, 0), MEMSLOTS, 'generation') &
        machine.kernel.layouts.constant('MMIO_SPTE_GEN_MASK'),
    ),
  internals,
};
