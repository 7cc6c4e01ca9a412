// SPDX-License-Identifier: GPL-2.0-only
// Which functions of a port of v3.16 to v3.19 does a scenario call one by one, and how? Like the
// machine around it, this file is never mutated.

import { spin_lock, spin_unlock } from '#linux/spinlock';
import type { RamSpteFunctions, Vcpu, VcpuCacheFunctions } from '#vocabulary';
import type { spte_t } from '../v3.17/arch/x86/include/asm/kvm_host.ts';
import type { ArrayKvm, ArraySlot, ArrayVcpu } from './fixed-array-era.ts';
import { leafOf, type Port } from './machine.ts';
import { type PageCachePort, pageCacheOf } from './page-cache.ts';

/** Functions of a port under their kernel names, besides those that the machine needs. */
export interface InternalPort<K extends ArrayKvm, V extends ArrayVcpu<K>> extends PageCachePort<K> {
  readonly kvm_memory_slot: { readonly local: () => ArraySlot };
  readonly spte_t: { readonly local: () => spte_t };
  /** Takes what kvm_memory_slot makes. Only where slots are sorted by size. */
  cmp_memslot?(s1: ArraySlot, s2: ArraySlot): number;
  readonly is_error_pfn: (pfn: bigint) => boolean;
  readonly is_noslot_pfn: (pfn: bigint) => boolean;
  readonly mark_mmio_spte: (kvm: K, sptep: spte_t, gfn: bigint, access: number) => void;
  readonly check_mmio_spte: (kvm: K, spte: bigint) => boolean;
  readonly sync_mmio_spte: (
    kvm: K,
    sptep: spte_t,
    gfn: bigint,
    access: number,
    nr_present: { n: number },
  ) => boolean;
  readonly kvm_vcpu: { readonly local: () => V };
  readonly is_shadow_present_pte: (pte: bigint) => boolean;
  readonly spte_to_pfn: (pte: bigint) => bigint;
  readonly mmu_set_spte: (
    vcpu: V,
    sptep: spte_t,
    pte_access: number,
    write_fault: boolean,
    gfn: bigint,
    pfn: bigint,
    speculative: boolean,
    host_writable: boolean,
  ) => number;
  readonly vcpu_cache_mmio_info: (vcpu: V, gva: bigint, gfn: bigint, access: number) => void;
  readonly vcpu_match_mmio_gva: (vcpu: V, gva: bigint) => boolean;
  readonly vcpu_match_mmio_gpa: (vcpu: V, gpa: bigint) => boolean;
  readonly vcpu_clear_mmio_info: (vcpu: V, gva: bigint) => void;
}

/** The internals of a VM. */
export function internalsOf<K extends ArrayKvm, V extends ArrayVcpu<K>>(
  port: InternalPort<K, V>,
  kvm: K,
): ReturnType<Port<K, V>['internals']> {
  const slotOf = (npages: bigint): ArraySlot => {
    const slot = port.kvm_memory_slot.local();
    slot.npages = npages;
    return slot;
  };
  return {
    compareSlots: (npages, others) => {
      if (port.cmp_memslot === undefined) throw new Error('slots are not sorted by size');
      return port.cmp_memslot(slotOf(npages), slotOf(others));
    },
    isErrorPfn: port.is_error_pfn,
    isNoslotPfn: port.is_noslot_pfn,
    writeSpte: (gfn, spte) => {
      spin_lock(kvm.mmu_lock);
      leafOf(kvm, gfn).val = spte;
      spin_unlock(kvm.mmu_lock);
    },
    mark: (gfn, access) => {
      const sptep = port.spte_t.local();
      port.mark_mmio_spte(kvm, sptep, gfn, access);
      return sptep.val;
    },
    isCurrent: (spte) => port.check_mmio_spte(kvm, spte),
    sync: (spte, gfn, access) => {
      const sptep = port.spte_t.local();
      sptep.val = spte;
      const present = { n: 0 };
      const isDone = port.sync_mmio_spte(kvm, sptep, gfn, access, present);
      return { isDone, spte: sptep.val, present: present.n };
    },
    pageCache: () => pageCacheOf(port, kvm),
    ram: ramOf(port, kvm),
    vcpuCache: vcpuCacheOf(port),
  };
}

function ramOf<K extends ArrayKvm, V extends ArrayVcpu<K>>(
  port: InternalPort<K, V>,
  kvm: K,
): RamSpteFunctions {
  return {
    isPresent: port.is_shadow_present_pte,
    pfnOf: port.spte_to_pfn,
    set: (old, { gfn, pfn, access, isSpeculative, isHostWritable }) => {
      const vcpu = port.kvm_vcpu.local();
      vcpu.kvm = kvm;
      const sptep = port.spte_t.local();
      sptep.val = old;
      port.mmu_set_spte(vcpu, sptep, access, false, gfn, pfn, isSpeculative, isHostWritable);
      return sptep.val;
    },
  };
}

function vcpuCacheOf<K extends ArrayKvm, V extends ArrayVcpu<K>>(
  port: InternalPort<K, V>,
): VcpuCacheFunctions {
  const own = (vcpu: Vcpu) => vcpu as V;
  return {
    fill: (vcpu, gva, gfn, access) => port.vcpu_cache_mmio_info(own(vcpu), gva, gfn, access),
    matchesGva: (vcpu, gva) => port.vcpu_match_mmio_gva(own(vcpu), gva),
    matchesGpa: (vcpu, gpa) => port.vcpu_match_mmio_gpa(own(vcpu), gpa),
    clear: (vcpu, gva) => port.vcpu_clear_mmio_info(own(vcpu), gva),
    contents: (vcpu) => {
      const { mmio_gva, mmio_gfn, access } = own(vcpu).arch;
      return { gva: mmio_gva, gfn: mmio_gfn, access };
    },
  };
}
