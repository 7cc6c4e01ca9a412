// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu/paging_tmpl.h: how does KVM follow page tables that it shadows? The C is
// compiled once for each kind of tables: paging64 is for entries of 64 bits, those of a guest and
// those of a hypervisor of AMD's, ept for those of one of Intel's. A guest of the model has one
// leaf table, and the tables above it never change and give all rights.

import { PAGE_SHIFT } from '#linux/page';
import { pte_index } from '#linux/pgtable';
import { write_lock, write_unlock } from '#linux/rwlock';
import type { kvm_vcpu } from '../../../../include/linux/kvm_host.ts';
import type { gfn_t, gpa_t, gva_t } from '../../../../include/linux/kvm_types.ts';
import { kvm_vcpu_gfn_to_memslot } from '../../../../virt/kvm/kvm_main.ts';
import {
  kvm_arch_vcpu_memslots_id,
  type kvm_mmu_page,
  type spte_t,
} from '../../include/asm/kvm_host.ts';
import {
  PFERR_RSVD_MASK,
  PT_PRESENT_MASK,
  PT_USER_MASK,
  PT_WRITABLE_MASK,
  permission_fault,
} from '../mmu.h.ts';
import { __kvm_inject_emulated_page_fault } from '../x86.ts';
import {
  drop_spte,
  is_page_fault_stale,
  kvm_faultin_pfn,
  kvm_mmu_get_child_sp,
  kvm_mmu_page_get_access,
  kvm_mmu_page_get_gfn,
  kvm_mmu_page_set_access,
  kvm_mmu_page_set_translation,
  leaf_sptep,
  link_shadow_page,
  mmu_set_spte,
  mmu_spte_update,
  shadow_walk_init,
  sptep_to_sp,
  sync_mmio_spte,
} from './mmu.ts';
import { type kvm_page_fault, RET_PF_CONTINUE, RET_PF_RETRY } from './mmu_internal.h.ts';
import { ACC_ALL, is_shadow_present_pte, SPTE_BASE_ADDR_MASK, spte_to_pfn } from './spte.h.ts';
import { make_spte, shadow_host_writable_mask } from './spte.ts';

/** Bit 63 of a 64-bit entry of the guest: not executable. */
export const PT64_NX_SHIFT = 63n;

/** struct x86_exception, as far as it is asked for. */
export interface x86_exception {
  error_code: number;
  address: gva_t;
}

/**
 * struct guest_walker, at the leaf level. Lies on the stack. Left out: what the walk met on upper
 * levels.
 */
export interface guest_walker {
  /** The entry of the guest, as the walk read it. */
  pte: bigint;
  /** Rights of an ACC mask. */
  pte_access: number;
  gfn: gfn_t;
  readonly fault: x86_exception;
}

/** arch/x86/kvm/mmu/paging_tmpl.h (v6.12). */
export function gpte_to_gfn(gpte: bigint): gfn_t {
  return (gpte & SPTE_BASE_ADDR_MASK) >> PAGE_SHIFT;
}

/** arch/x86/kvm/mmu/paging_tmpl.h (v6.12). */
export function paging64_is_present_gpte(pte: bigint): boolean {
  return (pte & PT_PRESENT_MASK) !== 0n;
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v6.12). The entry of a shadowed page goes if the guest's entry
 * maps nothing. Left out: reserved bits of the guest's entry, which make it one that maps nothing,
 * only with another code for the guest; and entries without an accessed bit, since the guest of the
 * model sets the accessed and the dirty bit of all that it writes.
 */
export function paging64_prefetch_invalid_gpte(
  vcpu: kvm_vcpu,
  spte: spte_t,
  gpte: bigint,
): boolean {
  if (paging64_is_present_gpte(gpte)) return false;

  drop_spte(vcpu.kvm!, spte);
  return true;
}

/** arch/x86/kvm/mmu/paging_tmpl.h (v6.12). */
export function paging64_gpte_access(gpte: bigint): number {
  let access = Number(gpte & (PT_WRITABLE_MASK | PT_USER_MASK | PT_PRESENT_MASK));
  access ^= Number(gpte >> PT64_NX_SHIFT);
  return access;
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v6.12), at the leaf level. Returns 1, or 0 if the fault is the
 * guest's own. Left out: upper levels, as said above; the slot that holds the guest's table, which
 * lies where no slot of a scenario changes; and the accessed and dirty bits, which are set.
 */
export function paging64_walk_addr(
  walker: guest_walker,
  vcpu: kvm_vcpu,
  addr: gva_t,
  access: number,
): number {
  const pte = vcpu.kvm!.arch.gpt[pte_index(addr >> PAGE_SHIFT)]!;

  walker.fault.address = addr;
  if (!paging64_is_present_gpte(pte)) return 0;

  walker.pte = pte;
  walker.pte_access = ACC_ALL & paging64_gpte_access(pte);
  walker.fault.error_code = permission_fault(walker.pte_access, access);
  if (walker.fault.error_code !== 0) return 0;

  walker.gfn = gpte_to_gfn(pte);
  return 1;
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v6.12), at the leaf level. Left out: entries read for
 * prefetching.
 */
export function paging64_gpte_changed(vcpu: kvm_vcpu, gw: guest_walker, addr: gva_t): boolean {
  const curr_pte = vcpu.kvm!.arch.gpt[pte_index(addr >> PAGE_SHIFT)]!;

  return curr_pte !== gw.pte;
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v6.12). Left out: levels above the last two; large pages; and
 * prefetching the eight entries around, since no two pages of a scenario are that near. rmap_add()
 * notes in C what an entry of RAM maps, under the same lock.
 */
export function paging64_fetch(vcpu: kvm_vcpu, fault: kvm_page_fault, gw: guest_walker): number {
  const as_id = kvm_arch_vcpu_memslots_id(vcpu);
  const parent = vcpu.kvm!.arch.parent_pte[as_id]!;

  const sp = kvm_mmu_get_child_sp(vcpu, parent);

  if (paging64_gpte_changed(vcpu, gw, fault.addr)) return RET_PF_RETRY;

  if (sp !== null) link_shadow_page(parent, sp);

  const sptep = shadow_walk_init(vcpu, fault.addr)!;

  const ret = mmu_set_spte(vcpu, fault.slot, sptep, gw.pte_access, fault.gfn, fault.pfn, fault);
  if (is_shadow_present_pte(sptep.val)) {
    const index = pte_index(fault.addr >> PAGE_SHIFT);
    kvm_mmu_page_set_translation(sptep_to_sp(vcpu.kvm!, as_id)!, index, fault.gfn, gw.pte_access);
  }
  return ret;
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v6.12). Left out: topping up caches of memory, the limit on
 * shadow pages and page tracking; and writing through an entry that is not writable, since the
 * guest of the model has CR0.WP set.
 */
export function paging64_page_fault(vcpu: kvm_vcpu, fault: kvm_page_fault): number {
  const walker: guest_walker = {
    pte: 0n,
    pte_access: 0,
    gfn: 0n,
    fault: { error_code: 0, address: 0n },
  };

  if (paging64_walk_addr(walker, vcpu, fault.addr, fault.error_code & ~PFERR_RSVD_MASK) === 0) {
    if (!fault.prefetch) __kvm_inject_emulated_page_fault(vcpu, walker.fault);

    return RET_PF_RETRY;
  }

  fault.gfn = walker.gfn;
  fault.slot = kvm_vcpu_gfn_to_memslot(vcpu, fault.gfn);

  let r = kvm_faultin_pfn(vcpu, fault, walker.pte_access);
  if (r !== RET_PF_CONTINUE) return r;

  r = RET_PF_RETRY;
  write_lock(vcpu.kvm!.mmu_lock);

  if (!is_page_fault_stale(vcpu, fault)) r = paging64_fetch(vcpu, fault, walker);

  write_unlock(vcpu.kvm!.mmu_lock);

  return r;
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v6.12). Called with mmu_lock held for writing. An MMIO SPTE that
 * is still of its gfn is tagged anew, and the slots are not asked: as in every kernel that was
 * read. The slots are asked where an entry of RAM gets other rights, but only whether the page is
 * logged, which is left out. Left out as well: failing to read the guest's table, which lies in a
 * slot that stays; EPT's entries without any right; and the answer, which is about TLBs.
 */
export function paging64_sync_spte(vcpu: kvm_vcpu, sp: kvm_mmu_page, i: number): void {
  const sptep = leaf_sptep(vcpu, i);

  const gpte = vcpu.kvm!.arch.gpt[i]!;

  if (paging64_prefetch_invalid_gpte(vcpu, sptep, gpte)) return;

  const gfn = gpte_to_gfn(gpte);
  const pte_access = ACC_ALL & paging64_gpte_access(gpte);

  if (sync_mmio_spte(vcpu, sptep, gfn, pte_access)) return;

  if (gfn !== kvm_mmu_page_get_gfn(sp, i)) {
    drop_spte(vcpu.kvm!, sptep);
    return;
  }
  if (kvm_mmu_page_get_access(sp, i) === pte_access) return;

  kvm_mmu_page_set_access(sp, i, pte_access);

  const spte = sptep.val;
  const host_writable = (spte & shadow_host_writable_mask()) !== 0n;

  mmu_spte_update(sptep, make_spte(pte_access, spte_to_pfn(spte), spte, true, host_writable));
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v6.12). Left out: reading the table of the guest's hypervisor,
 * which maps each page to the page of the same number, with all rights, and never changes.
 */
export function ept_walk_addr(_vcpu: kvm_vcpu, addr: gpa_t): gfn_t {
  return addr >> PAGE_SHIFT;
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v6.12). Left out: upper levels, which are always present here;
 * whether the table of the hypervisor has changed since, as it never does; and prefetching of
 * neighbours, which only makes the same entries earlier.
 */
export function ept_fetch(vcpu: kvm_vcpu, fault: kvm_page_fault): number {
  const sptep = shadow_walk_init(vcpu, fault.addr)!;

  return mmu_set_spte(vcpu, fault.slot, sptep, ACC_ALL, fault.gfn, fault.pfn, fault);
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v6.12). Left out: topping up caches of memory, the limit on
 * shadow pages, and a write to a page that is write-protected: none is.
 */
export function ept_page_fault(vcpu: kvm_vcpu, fault: kvm_page_fault): number {
  fault.gfn = ept_walk_addr(vcpu, fault.addr);
  fault.slot = kvm_vcpu_gfn_to_memslot(vcpu, fault.gfn);

  let r = kvm_faultin_pfn(vcpu, fault, ACC_ALL);
  if (r !== RET_PF_CONTINUE) return r;

  r = RET_PF_RETRY;
  write_lock(vcpu.kvm!.mmu_lock);

  if (!is_page_fault_stale(vcpu, fault)) r = ept_fetch(vcpu, fault);

  write_unlock(vcpu.kvm!.mmu_lock);

  return r;
}
