// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu/mmu.c: how is a guest's page fault handled, which faults are MMIO, and what is
// zapped when slots go away or numbers come again?

import { smp_rmb, smp_store_release } from '#linux/barrier';
import { BUG_ON, WARN_ON_ONCE } from '#linux/bug';
import { READ_ONCE, WRITE_ONCE } from '#linux/compiler';
import { config } from '#linux/config';
import { EFAULT, EINVAL, EIO } from '#linux/errno';
import { lockdep_assert_held } from '#linux/lock';
import { lockdep_is_held, mutex_lock, mutex_unlock } from '#linux/mutex';
import { PAGE_SHIFT } from '#linux/page';
import { pte_entries, pte_gfn, pte_index, shadow_pages } from '#linux/pgtable';
import { read_as } from '#linux/read-as';
import { read_lock, read_unlock, write_lock, write_unlock } from '#linux/rwlock';
import { srcu_read_lock, srcu_read_unlock } from '#linux/srcu';
import { undefined_on_stack } from '#linux/static';
import { type Of, struct, u64 } from '#linux/struct';
import { trace_handle_mmio_page_fault } from '#linux/tracepoint';
import {
  __kvm_memslots,
  is_error_pfn,
  is_noslot_pfn,
  KVM_HVA_ERR_BAD,
  KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS,
  KVM_MEMSLOT_INVALID,
  KVM_PFN_ERR_RO_FAULT,
  KVM_PFN_NOSLOT,
  type kvm,
  kvm_for_each_memslot,
  type kvm_gfn_range,
  type kvm_memory_slot,
  type kvm_memslot_iter,
  kvm_memslot_iter_is_valid,
  kvm_memslot_iter_next,
  kvm_memslot_iter_start,
  type kvm_memslots_struct,
  type kvm_vcpu,
  kvm_vcpu_memslots,
  mmu_invalidate_retry_gfn,
  mmu_invalidate_retry_gfn_unsafe,
} from '../../../../include/linux/kvm_host.ts';
import type { gfn_t, gpa_t, gva_t, kvm_pfn_t } from '../../../../include/linux/kvm_types.ts';
import {
  __gfn_to_pfn_memslot,
  kvm_mmu_invalidate_begin,
  kvm_mmu_invalidate_end,
  kvm_mmu_invalidate_range_add,
  type pfn_result,
} from '../../../../virt/kvm/kvm_main.ts';
import {
  KVM_X86_QUIRK_SLOT_ZAP_ALL,
  kvm_arch_nr_memslot_as_ids,
  kvm_arch_vcpu_memslots_id,
  type kvm_mmu_page,
  type spte_t,
} from '../../include/asm/kvm_host.ts';
import {
  kvm_memslots_have_rmaps,
  kvm_mmu_max_gfn,
  kvm_shadow_root_allocated,
  PFERR_RSVD_MASK,
  tdp_mmu_enabled,
} from '../mmu.h.ts';
import {
  kvm_check_has_quirk,
  MMIO_GVA_ANY,
  mmu_is_nested,
  vcpu_cache_mmio_info,
  vcpu_clear_mmio_info,
  vcpu_match_mmio_gpa,
  vcpu_match_mmio_gva,
} from '../x86.h.ts';
import { memslot_rmap_alloc, x86_emulate_instruction } from '../x86.ts';
import {
  is_tdp_mmu_page,
  kvm_mmu_do_page_fault,
  type kvm_page_fault,
  RET_PF_CONTINUE,
  RET_PF_EMULATE,
  RET_PF_FIXED,
  RET_PF_INVALID,
  RET_PF_RETRY,
  RET_PF_SPURIOUS,
  root_role_direct,
} from './mmu_internal.h.ts';
import { paging64_sync_spte } from './paging_tmpl.h.ts';
import {
  ACC_ALL,
  check_spte_writable_invariants,
  get_mmio_spte_generation,
  is_mmio_spte,
  is_rsvd_spte,
  is_shadow_present_pte,
  MMIO_SPTE_GEN_MASK,
  SHADOW_NONPRESENT_OR_RSVD_MASK_LEN,
  SHADOW_NONPRESENT_VALUE,
  spte_to_pfn,
} from './spte.h.ts';
import {
  enable_mmio_caching,
  make_mmio_spte,
  make_nonleaf_spte,
  make_spte,
  shadow_mmio_access_mask,
  shadow_mmio_value,
  shadow_nonpresent_or_rsvd_lower_gfn_mask,
  shadow_nonpresent_or_rsvd_mask,
} from './spte.ts';
import {
  kvm_tdp_mmu_get_walk,
  kvm_tdp_mmu_map,
  kvm_tdp_mmu_unmap_gfn_range,
  kvm_tdp_mmu_zap_invalidated_roots,
  kvm_tdp_mmu_zap_leafs,
  sptes_on_stack,
} from './tdp_mmu.ts';

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function mark_mmio_spte(vcpu: kvm_vcpu, sptep: spte_t, gfn: gfn_t, access: number): void {
  const spte = make_mmio_spte(vcpu, gfn, access);

  mmu_spte_set(sptep, spte);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). Five bits of the address may have been moved up by five. */
export function get_mmio_spte_gfn(spte: bigint): gfn_t {
  let gpa = spte & shadow_nonpresent_or_rsvd_lower_gfn_mask();

  gpa |= (spte >> SHADOW_NONPRESENT_OR_RSVD_MASK_LEN) & shadow_nonpresent_or_rsvd_mask();

  return gpa >> PAGE_SHIFT;
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function get_mmio_spte_access(spte: bigint): number {
  return Number(spte & shadow_mmio_access_mask());
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). No SPTE is valid while an update is under way. */
export function check_mmio_spte(vcpu: kvm_vcpu, spte: bigint): boolean {
  const gen = kvm_vcpu_memslots(vcpu).generation;
  if ((gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS) !== 0n) return false;

  const kvm_gen = gen & MMIO_SPTE_GEN_MASK();
  const spte_gen = get_mmio_spte_generation(spte);

  return kvm_gen === spte_gen;
}

/** arch/x86/kvm/mmu/mmu.c (v6.12), 64-bit host: one store, so no reader sees half of it. */
export function __set_spte(sptep: spte_t, spte: bigint): void {
  WRITE_ONCE(sptep.$.val, spte);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12), 64-bit host. */
export function __update_clear_spte_fast(sptep: spte_t, spte: bigint): void {
  WRITE_ONCE(sptep.$.val, spte);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12), 64-bit host. */
export function __get_spte_lockless(sptep: spte_t): bigint {
  return READ_ONCE(sptep.$.val);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function mmu_spte_set(sptep: spte_t, new_spte: bigint): void {
  WARN_ON_ONCE(read_as(sptep.$.val, is_shadow_present_pte));
  __set_spte(sptep, new_spte);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: volatile bits, for which the kernel exchanges the word
 * instead of storing it: hardware of the model sets no accessed or dirty bit.
 */
export function mmu_spte_update_no_track(sptep: spte_t, new_spte: bigint): void {
  const old_spte = sptep.val;

  WARN_ON_ONCE(!is_shadow_present_pte(new_spte));
  check_spte_writable_invariants(new_spte);

  if (!is_shadow_present_pte(old_spte)) {
    mmu_spte_set(sptep, new_spte);
    return;
  }

  __update_clear_spte_fast(sptep, new_spte);

  WARN_ON_ONCE(spte_to_pfn(old_spte) !== spte_to_pfn(new_spte));
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). Left out: whether TLBs must be flushed; there are none. */
export function mmu_spte_update(sptep: spte_t, new_spte: bigint): void {
  mmu_spte_update_no_track(sptep, new_spte);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: volatile bits, and telling the host's memory management
 * about the page. Nobody in the model asks what was there before.
 */
export function mmu_spte_clear_track_bits(sptep: spte_t): void {
  __update_clear_spte_fast(sptep, SHADOW_NONPRESENT_VALUE);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function mmu_spte_clear_no_track(sptep: spte_t): void {
  __update_clear_spte_fast(sptep, SHADOW_NONPRESENT_VALUE);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function mmu_spte_get_lockless(sptep: spte_t): bigint {
  return __get_spte_lockless(sptep);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). Left out: rmap_remove(), as nothing is found by an rmap. */
export function drop_spte(_kvm: kvm, sptep: spte_t): void {
  mmu_spte_clear_track_bits(sptep);
}

/**
 * The page that shadows the guest's leaf table in an address space: C finds it by the address of an
 * entry. Null where entries are those of a table that KVM makes by itself.
 */
export function sptep_to_sp(kvm: kvm, as_id: number): kvm_mmu_page | null {
  return config().guestPaging ? kvm.arch.sp[as_id]! : null;
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). Left out: pages that pass a table of the guest's through. */
export function kvm_mmu_page_get_gfn(sp: kvm_mmu_page | null, index: number): gfn_t {
  if (sp !== null) return sp.shadowed_translation[index]! >> PAGE_SHIFT;

  return pte_gfn(index);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12), of a page that shadows a table of the guest. */
export function kvm_mmu_page_get_access(sp: kvm_mmu_page, index: number): number {
  return Number(sp.shadowed_translation[index]! & BigInt(ACC_ALL));
}

/** arch/x86/kvm/mmu/mmu.c (v6.12), of a page that shadows a table of the guest. */
export function kvm_mmu_page_set_translation(
  sp: kvm_mmu_page,
  index: number,
  gfn: gfn_t,
  access: number,
): void {
  sp.shadowed_translation[index] = (gfn << PAGE_SHIFT) | BigInt(access);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function kvm_mmu_page_set_access(sp: kvm_mmu_page, index: number, access: number): void {
  const gfn = kvm_mmu_page_get_gfn(sp, index);

  kvm_mmu_page_set_translation(sp, index, gfn, access);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). In the kernel the rmaps of the slot name the entries. Here they
 * are those of its gfns: the rmap of a slot holds what was mapped of it, and nothing else is
 * present.
 */
export function __kvm_rmap_zap_gfn_range(
  kvm: kvm,
  slot: kvm_memory_slot,
  start: gfn_t,
  end: gfn_t,
  flush: boolean,
): boolean {
  for (let i = 0; i < pte_entries(); i++) {
    const gfn = kvm_mmu_page_get_gfn(sptep_to_sp(kvm, slot.as_id), i);
    if (gfn < start || gfn >= end) continue;

    const sptep = kvm.arch.spt[slot.as_id * pte_entries() + i]!;
    if (!read_as(sptep.$.val, is_shadow_present_pte)) continue;

    drop_spte(kvm, sptep);
    flush = true;
  }

  return flush;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Called with mmu_lock held for writing. The answer, whether TLBs
 * must be flushed, only says that something was zapped. Left out: the APIC's page.
 */
export function kvm_unmap_gfn_range(kvm: kvm, range: kvm_gfn_range): boolean {
  let flush = false;

  WARN_ON_ONCE(kvm.mmu_invalidate_in_progress === 0 && !lockdep_is_held(kvm.slots_lock));

  if (kvm_memslots_have_rmaps(kvm))
    flush = __kvm_rmap_zap_gfn_range(kvm, range.slot, range.start, range.end, flush);

  if (tdp_mmu_enabled())
    flush = kvm_tdp_mmu_unmap_gfn_range(kvm, range.slot.as_id, range.start, range.end, flush);

  return flush;
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). Left out: the bitmap that says which page below it is. */
export function mark_unsync(sp: kvm_mmu_page): void {
  sp.unsync_children++;
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). The leaf page has one entry above it. */
export function kvm_mmu_mark_parents_unsync(sp: kvm_mmu_page): void {
  mark_unsync(sp);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function clear_unsync_child_bit(sp: kvm_mmu_page): void {
  --sp.unsync_children;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: to look whether the page below is there and unsync
 * (__mmu_unsync_walk()): it goes away together with the page above, so it is what that one says.
 */
export function mmu_unsync_walk(sp: kvm_mmu_page): boolean {
  return sp.unsync_children !== 0;
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function kvm_unlink_unsync_page(sp: kvm_mmu_page): void {
  WARN_ON_ONCE(sp.unsync === 0);
  sp.unsync = 0;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: the answer, which says that TLBs must be flushed or
 * that the guest's table could not be read: it lies in a slot that stays.
 */
export function kvm_sync_spte(vcpu: kvm_vcpu, sp: kvm_mmu_page, i: number): void {
  if (leaf_sptep(vcpu, i).val === SHADOW_NONPRESENT_VALUE) return;

  paging64_sync_spte(vcpu, sp, i);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: whether the page is one of the vCPU's mode, as each
 * vCPU of the model syncs its own; and flushes of TLBs.
 */
export function __kvm_sync_page(vcpu: kvm_vcpu, sp: kvm_mmu_page): void {
  for (let i = 0; i < pte_entries(); i++) kvm_sync_spte(vcpu, sp, i);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). Left out: zapping a page whose table could not be read. */
export function kvm_sync_page(vcpu: kvm_vcpu, sp: kvm_mmu_page): void {
  __kvm_sync_page(vcpu, sp);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: write protection of the guest's page table, which is
 * said by `unsync` itself; and giving up mmu_lock between batches of pages, since there is one. The
 * bit in the page above is cleared last (mmu_pages_clear_parents()): who finds it clear finds the
 * page in step with the guest.
 */
export function mmu_sync_children(vcpu: kvm_vcpu): void {
  const sp = sptep_to_sp(vcpu.kvm!, kvm_arch_vcpu_memslots_id(vcpu))!;

  while (mmu_unsync_walk(sp)) {
    kvm_unlink_unsync_page(sp);
    kvm_sync_page(vcpu, sp);
    clear_unsync_child_bit(sp);
  }
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). The page below an entry, or null (-EEXIST in C) if it is linked
 * already. Left out: to find one that is there and not linked: this page has one parent, and a page
 * that lost it was emptied entry by entry, so it is as good as a new one; and write protection,
 * which is said by `unsync` itself.
 */
export function kvm_mmu_get_child_sp(vcpu: kvm_vcpu, sptep: spte_t): kvm_mmu_page | null {
  if (is_shadow_present_pte(sptep.val)) return null;

  return sptep_to_sp(vcpu.kvm!, kvm_arch_vcpu_memslots_id(vcpu));
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). A new page is in step with the guest, as none of it is there. */
export function link_shadow_page(sptep: spte_t, _sp: kvm_mmu_page): void {
  mmu_spte_set(sptep, make_nonleaf_spte());
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: the list of entries. A slot that has no memory for its
 * rmap stops the kernel with a bad pointer, which is a BUG() here.
 */
export function rmap_add(_vcpu: kvm_vcpu, slot: kvm_memory_slot): void {
  BUG_ON(slot.arch.rmap === null);
}

/** The entry of this index in the leaf table that the vCPU walks: sp->spt[i] in C. */
export function leaf_sptep(vcpu: kvm_vcpu, i: number): spte_t {
  return vcpu.kvm!.arch.spt[kvm_arch_vcpu_memslots_id(vcpu) * pte_entries() + i]!;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). The model's walk has one level, so it begins at the leaf: upper
 * levels are present from the start and never change, but for the four entries at the top of a
 * table of PAE. Null where that entry is absent: the kernel's walk ends before it begins.
 */
export function shadow_walk_init(vcpu: kvm_vcpu, addr: gpa_t): spte_t | null {
  if ((vcpu.arch.pae_root_absent & (1 << Number((addr >> 30n) & 3n))) !== 0) return null;

  return leaf_sptep(vcpu, pte_index(addr >> PAGE_SHIFT));
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: reading the entry. In the kernel it decides which books
 * are kept and whether anything is freed below it; the entry of a page that goes away can be
 * reached no more, whatever it held.
 */
export function mmu_page_zap_pte(kvm: kvm, spte: spte_t): void {
  drop_spte(kvm, spte);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function kvm_mmu_page_unlink_children(kvm: kvm, as_id: number): void {
  for (let i = 0; i < pte_entries(); i++)
    mmu_page_zap_pte(kvm, kvm.arch.spt[as_id * pte_entries() + i]!);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). The page has one parent. */
export function kvm_mmu_unlink_parents(kvm: kvm, as_id: number): void {
  mmu_spte_clear_no_track(kvm.arch.parent_pte[as_id]!);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: lists, counts, role.invalid, and the request to load
 * new roots where the page is one.
 */
export function kvm_mmu_prepare_zap_page(kvm: kvm, as_id: number): void {
  lockdep_assert_held(kvm.mmu_lock);
  kvm_mmu_page_unlink_children(kvm, as_id);

  const sp = sptep_to_sp(kvm, as_id);
  if (sp === null) return;

  kvm_mmu_unlink_parents(kvm, as_id);

  if (sp.unsync !== 0) kvm_unlink_unsync_page(sp);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function kvm_unsync_page(sp: kvm_mmu_page): void {
  sp.unsync = 1;

  kvm_mmu_mark_parents_unsync(sp);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12), for the gfn of the guest's leaf table, which the guest is about
 * to be allowed to write: all pages that shadow it become unsync. Called with mmu_lock held, for
 * reading if the fault is the TDP MMU's. Left out: write tracking, which nobody asks for; a sync
 * and prefetching, which make no entry of the table; the lock that keeps two faults of the TDP MMU
 * from counting a page twice, as marking twice is marking once here; and the barrier before the
 * entry of the table is made writable, since the model has no such entry: `unsync` says so itself.
 */
export function mmu_try_to_unsync_pages(kvm: kvm): void {
  for (let as_id = 0; as_id < kvm_arch_nr_memslot_as_ids(kvm); as_id++) {
    if (!is_shadow_present_pte(kvm.arch.parent_pte[as_id]!.val)) continue;

    const sp = sptep_to_sp(kvm, as_id)!;
    if (sp.unsync !== 0) continue;

    kvm_unsync_page(sp);
  }
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). `fault` is null while prefetching. Left out: large pages, flushes
 * of TLBs, and writes to write-protected pages: there are none.
 */
export function mmu_set_spte(
  vcpu: kvm_vcpu,
  slot: kvm_memory_slot | null,
  sptep: spte_t,
  pte_access: number,
  gfn: gfn_t,
  pfn: kvm_pfn_t,
  fault: kvm_page_fault | null,
): number {
  let was_rmapped = false;
  let ret = RET_PF_FIXED;

  const host_writable = fault === null || fault.map_writable;
  const prefetch = fault === null || fault.prefetch;

  if (read_as(sptep.$.val, is_shadow_present_pte)) {
    if (pfn !== read_as(sptep.$.val, spte_to_pfn)) drop_spte(vcpu.kvm!, sptep);
    else was_rmapped = true;
  }

  if (is_noslot_pfn(pfn)) {
    vcpu.stat.pf_mmio_spte_created++;
    mark_mmio_spte(vcpu, sptep, gfn, pte_access);
    return RET_PF_EMULATE;
  }

  const spte = make_spte(pte_access, pfn, sptep.val, prefetch, host_writable);

  if (sptep.val === spte) ret = RET_PF_SPURIOUS;
  else mmu_spte_update(sptep, spte);

  if (!was_rmapped) {
    WARN_ON_ONCE(ret === RET_PF_SPURIOUS);
    rmap_add(vcpu, slot!);
  }

  return ret;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: upper levels, which are always present here, and
 * prefetching of neighbours, which only makes the same entries earlier.
 */
export function direct_map(vcpu: kvm_vcpu, fault: kvm_page_fault): number {
  const sptep = shadow_walk_init(vcpu, fault.addr)!;

  return mmu_set_spte(vcpu, fault.slot, sptep, ACC_ALL, fault.gfn, fault.pfn, fault);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: signals and poisoned pages, which the host of the model
 * has not.
 */
export function kvm_handle_error_pfn(_vcpu: kvm_vcpu, fault: kvm_page_fault): number {
  if (fault.pfn === KVM_PFN_ERR_RO_FAULT) return RET_PF_EMULATE;

  return -EFAULT;
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). Left out: private memory. */
export function kvm_handle_noslot_fault(
  vcpu: kvm_vcpu,
  fault: kvm_page_fault,
  access: number,
): number {
  const gva: gva_t = fault.is_tdp ? 0n : fault.addr;

  vcpu_cache_mmio_info(vcpu, gva, fault.gfn, access & Number(shadow_mmio_access_mask()));

  fault.slot = null;
  fault.pfn = KVM_PFN_NOSLOT;
  fault.map_writable = false;
  fault.hva = KVM_HVA_ERR_BAD;

  if (!enable_mmio_caching()) return RET_PF_EMULATE;

  if (fault.gfn > kvm_mmu_max_gfn()) return RET_PF_EMULATE;

  return RET_PF_CONTINUE;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Fills the slots of all address spaces of a VM that were made
 * without memory for an rmap, when the first shadow table is needed. Called in a read-side section,
 * so it may not wait for an update. 0 or -ENOMEM. Left out: page tracking, which allocates in the
 * same way.
 */
export function mmu_first_shadow_root_alloc(kvm: kvm): number {
  let r = 0;

  if (kvm_shadow_root_allocated(kvm)) return 0;

  mutex_lock(kvm.slots_arch_lock);

  // biome-ignore lint/suspicious/noConfusingLabels: an error label of the kernel
  out_unlock: {
    if (kvm_shadow_root_allocated(kvm)) break out_unlock;

    if (!kvm_memslots_have_rmaps(kvm)) {
      for (let i = 0; i < kvm_arch_nr_memslot_as_ids(kvm); i++) {
        const slots = __kvm_memslots(kvm, i);
        kvm_for_each_memslot(slots, (slot) => {
          if (r === 0) r = memslot_rmap_alloc(slot, slot.npages);
        });
        if (r !== 0) break out_unlock;
      }
    }

    smp_store_release(kvm.arch.$.shadow_root_allocated, 1);
  }

  mutex_unlock(kvm.slots_arch_lock);
  return r;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). A vCPU that runs a guest of the guest needs a shadow table. Left
 * out: the root itself, as the one table of the model is always there.
 */
export function mmu_alloc_shadow_roots(vcpu: kvm_vcpu): number {
  return mmu_first_shadow_root_alloc(vcpu.kvm!);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: all but the roots of shadow tables, as only vCPUs that
 * need one come here; and their sync, as the kernel comes here only where a vCPU has no root.
 */
export function kvm_mmu_load(vcpu: kvm_vcpu): number {
  return mmu_alloc_shadow_roots(vcpu);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). Left out: unsync of the root itself: only leaf pages are. */
export function is_unsync_root(sp: kvm_mmu_page): boolean {
  smp_rmb();

  return sp.unsync_children !== 0;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: a vCPU without roots, which none of the model is; and
 * roots of PAE, which are asked one by one under mmu_lock.
 */
export function kvm_mmu_sync_roots(vcpu: kvm_vcpu): void {
  if (root_role_direct(vcpu)) return;

  vcpu_clear_mmio_info(vcpu, MMIO_GVA_ANY);

  if (!is_unsync_root(sptep_to_sp(vcpu.kvm!, kvm_arch_vcpu_memslots_id(vcpu))!)) return;

  write_lock(vcpu.kvm!.mmu_lock);
  mmu_sync_children(vcpu);
  write_unlock(vcpu.kvm!.mmu_lock);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function mmio_info_in_cache(vcpu: kvm_vcpu, addr: bigint, direct: boolean): boolean {
  if (mmu_is_nested(vcpu)) return false;

  if (direct) return vcpu_match_mmio_gpa(vcpu, addr);

  return vcpu_match_mmio_gva(vcpu, addr);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). The lowest level whose entry is in `sptes`, or -1. */
export function get_walk(vcpu: kvm_vcpu, addr: bigint, sptes: Of<typeof sptes_on_stack>): number {
  let leaf = -1;
  const sptep = shadow_walk_init(vcpu, addr);

  if (sptep !== null) {
    leaf = 1;
    sptes.at[leaf] = mmu_spte_get_lockless(sptep);
  }

  return leaf;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: what keeps page tables from being freed during the
 * walk, since tables of the model are never freed.
 */
export function get_sptes_lockless(
  vcpu: kvm_vcpu,
  addr: bigint,
  sptes: Of<typeof sptes_on_stack>,
): number {
  if (is_tdp_mmu_page()) return kvm_tdp_mmu_get_walk(vcpu, addr >> PAGE_SHIFT, sptes);

  return get_walk(vcpu, addr, sptes);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Returns whether an entry that is present has reserved bits, and
 * the entry in `sptep`. What a walk did not reach has no value.
 */
export function get_mmio_spte(vcpu: kvm_vcpu, addr: bigint, sptep: { val: bigint }): boolean {
  const sptes = undefined_on_stack(sptes_on_stack);
  const root = 1;
  let reserved = false;

  let leaf = get_sptes_lockless(vcpu, addr, sptes);
  if (leaf < 0) {
    sptep.val = 0n;
    return reserved;
  }

  sptep.val = sptes.at[leaf]!;

  if (!is_shadow_present_pte(sptes.at[leaf]!)) leaf++;

  for (let level = root; level >= leaf; level--)
    reserved = is_rsvd_spte(sptes.at[level]!) || reserved;

  return reserved;
}

/** `u64 spte` on the stack of who asks for one. */
const spte_on_stack = struct('spte', { val: u64 });

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). vcpu_cache_mmio_info() reads the generation a second time. One of
 * RET_PF_*, or -EINVAL.
 */
export function handle_mmio_page_fault(vcpu: kvm_vcpu, addr: bigint, direct: boolean): number {
  const found = undefined_on_stack(spte_on_stack);

  if (mmio_info_in_cache(vcpu, addr, direct)) return RET_PF_EMULATE;

  const reserved = get_mmio_spte(vcpu, addr, found);
  if (WARN_ON_ONCE(reserved)) return -EINVAL;

  const spte = found.val;
  if (is_mmio_spte(vcpu.kvm!, spte)) {
    const gfn = get_mmio_spte_gfn(spte);
    const access = get_mmio_spte_access(spte);

    if (!check_mmio_spte(vcpu, spte)) return RET_PF_INVALID;

    if (direct) addr = 0n;

    trace_handle_mmio_page_fault(addr, gfn, access);
    vcpu_cache_mmio_info(vcpu, addr, gfn, access);
    return RET_PF_EMULATE;
  }

  return RET_PF_RETRY;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: private memory, and waiting for a page in the
 * background, since no page of the host is ever away.
 */
export function __kvm_faultin_pfn(_vcpu: kvm_vcpu, fault: kvm_page_fault): number {
  const result: pfn_result = { writable: false, hva: fault.hva };

  fault.pfn = __gfn_to_pfn_memslot(fault.slot, fault.gfn, fault.write, result);
  fault.map_writable = result.writable;
  fault.hva = result.hva;

  return RET_PF_CONTINUE;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). From slot to page. A slot that is being deleted or moved makes
 * the guest try again: what was mapped by it is zapped before anything else is made of the gfn.
 * Left out: private memory and the page of the APIC.
 */
export function kvm_faultin_pfn(vcpu: kvm_vcpu, fault: kvm_page_fault, access: number): number {
  const { slot } = fault;
  const kvm = vcpu.kvm!;

  fault.mmu_seq = kvm.mmu_invalidate_seq;
  smp_rmb();

  if (slot === null) return kvm_handle_noslot_fault(vcpu, fault, access);

  if ((slot.flags & KVM_MEMSLOT_INVALID) !== 0) return RET_PF_RETRY;

  if (mmu_invalidate_retry_gfn_unsafe(kvm, fault.mmu_seq, fault.gfn)) return RET_PF_RETRY;

  const ret = __kvm_faultin_pfn(vcpu, fault);
  if (ret !== RET_PF_CONTINUE) return ret;

  if (is_error_pfn(fault.pfn)) return kvm_handle_error_pfn(vcpu, fault);

  if (WARN_ON_ONCE(fault.slot === null || is_noslot_pfn(fault.pfn)))
    return kvm_handle_noslot_fault(vcpu, fault, access);

  if (mmu_invalidate_retry_gfn_unsafe(kvm, fault.mmu_seq, fault.gfn)) return RET_PF_RETRY;

  return RET_PF_CONTINUE;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Called with mmu_lock held. Left out: a root that has become
 * obsolete, since the one table of the model is emptied in place. The kernel drops what a fault
 * would write to an obsolete root, the model keeps it: that allows more runs, never fewer.
 */
export function is_page_fault_stale(vcpu: kvm_vcpu, fault: kvm_page_fault): boolean {
  return fault.slot !== null && mmu_invalidate_retry_gfn(vcpu.kvm!, fault.mmu_seq, fault.gfn);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: page tracking; fast_page_fault(), which only mends
 * write protection; topping up caches of memory; and the limit on shadow pages.
 */
export function direct_page_fault(vcpu: kvm_vcpu, fault: kvm_page_fault): number {
  let r = kvm_faultin_pfn(vcpu, fault, ACC_ALL);
  if (r !== RET_PF_CONTINUE) return r;

  write_lock(vcpu.kvm!.mmu_lock);

  // biome-ignore lint/suspicious/noConfusingLabels: an error label of the kernel
  out_unlock: {
    if (is_page_fault_stale(vcpu, fault)) {
      r = RET_PF_RETRY;
      break out_unlock;
    }

    r = direct_map(vcpu, fault);
  }
  write_unlock(vcpu.kvm!.mmu_lock);
  return r;
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). The guest has paging off. */
export function nonpaging_page_fault(vcpu: kvm_vcpu, fault: kvm_page_fault): number {
  return direct_page_fault(vcpu, fault);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). mmu_lock is held for reading only: other faults may write the
 * same entry. Left out: as in direct_page_fault().
 */
export function kvm_tdp_mmu_page_fault(vcpu: kvm_vcpu, fault: kvm_page_fault): number {
  let r = kvm_faultin_pfn(vcpu, fault, ACC_ALL);
  if (r !== RET_PF_CONTINUE) return r;

  r = RET_PF_RETRY;
  read_lock(vcpu.kvm!.mmu_lock);

  if (!is_page_fault_stale(vcpu, fault)) r = kvm_tdp_mmu_map(vcpu, fault);

  read_unlock(vcpu.kvm!.mmu_lock);
  return r;
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function kvm_tdp_page_fault(vcpu: kvm_vcpu, fault: kvm_page_fault): number {
  if (is_tdp_mmu_page()) return kvm_tdp_mmu_page_fault(vcpu, fault);

  return direct_page_fault(vcpu, fault);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Called under mmu_lock when a shadowed page table of the guest is
 * synchronised. An MMIO SPTE whose gfn did not change gets the current generation without the slots
 * being asked again.
 */
export function sync_mmio_spte(vcpu: kvm_vcpu, sptep: spte_t, gfn: gfn_t, access: number): boolean {
  if (is_mmio_spte(vcpu.kvm!, sptep.val)) {
    if (gfn !== get_mmio_spte_gfn(sptep.val)) {
      mmu_spte_clear_no_track(sptep);
      return true;
    }

    mark_mmio_spte(vcpu, sptep, gfn, access);
    return true;
  }

  return false;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Returns 1 to go on with the guest, or -errno; what was done is
 * told by statistics. Left out: private memory, and writes to write-protected pages: there are
 * none.
 */
export function kvm_mmu_page_fault(vcpu: kvm_vcpu, cr2_or_gpa: gpa_t, error_code: number): number {
  const direct = root_role_direct(vcpu);

  // biome-ignore lint/suspicious/noConfusingLabels: a label of the kernel
  emulate: {
    let r = RET_PF_INVALID;
    if ((error_code & PFERR_RSVD_MASK) !== 0) {
      r = handle_mmio_page_fault(vcpu, cr2_or_gpa, direct);
      if (r === RET_PF_EMULATE) break emulate;
    }

    if (r === RET_PF_INVALID) {
      vcpu.stat.pf_taken++;

      r = kvm_mmu_do_page_fault(vcpu, cr2_or_gpa, error_code, false);
      if (WARN_ON_ONCE(r === RET_PF_INVALID)) return -EIO;
    }

    if (r < 0) return r;

    if (r === RET_PF_FIXED) vcpu.stat.pf_fixed++;
    else if (r === RET_PF_EMULATE) vcpu.stat.pf_emulate++;
    else if (r === RET_PF_SPURIOUS) vcpu.stat.pf_spurious++;

    if (r !== RET_PF_EMULATE) return 1;
  }
  return x86_emulate_instruction(vcpu, cr2_or_gpa);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Where the page of the address is unsync, what the guest's entry
 * says now is taken over. Left out: the walk down to that page, which ends early where no page
 * below is unsync; tables that the vCPU does not use at the time; zapping an entry whose table
 * could not be read; and flushes of TLBs.
 */
export function __kvm_mmu_invalidate_addr(vcpu: kvm_vcpu, addr: bigint): void {
  vcpu_clear_mmio_info(vcpu, addr);

  write_lock(vcpu.kvm!.mmu_lock);
  const sp = sptep_to_sp(vcpu.kvm!, kvm_arch_vcpu_memslots_id(vcpu))!;
  if (sp.unsync !== 0) kvm_sync_spte(vcpu, sp, pte_index(addr >> PAGE_SHIFT));
  write_unlock(vcpu.kvm!.mmu_lock);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: roots that the vCPU used before, as it has one; and the
 * flush of its TLB.
 */
export function kvm_mmu_invalidate_addr(vcpu: kvm_vcpu, addr: bigint): void {
  __kvm_mmu_invalidate_addr(vcpu, addr);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function kvm_mmu_invlpg(vcpu: kvm_vcpu, gva: gva_t): void {
  kvm_mmu_invalidate_addr(vcpu, gva);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out: the list of shadow pages and breaking the lock between
 * batches of them, since the model has one leaf table for each address space. The page above goes
 * as well: the one that is made in its place has no page below that is unsync.
 */
export function kvm_zap_obsolete_pages(kvm: kvm): void {
  for (let as_id = 0; as_id < kvm_arch_nr_memslot_as_ids(kvm); as_id++) {
    kvm_mmu_prepare_zap_page(kvm, as_id);

    const sp = sptep_to_sp(kvm, as_id);
    if (sp !== null) sp.unsync_children = 0;
  }
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Called with slots_lock, and mmu_lock held for writing. Left out:
 * mmu_valid_gen, the marks on roots of the TDP MMU and the request to load new ones. They let vCPUs
 * leave the old tables before they are freed; the model empties its tables in place.
 */
export function __kvm_mmu_zap_all_fast_front_half(kvm: kvm): void {
  lockdep_assert_held(kvm.slots_lock);
  lockdep_assert_held(kvm.mmu_lock);

  if (!is_tdp_mmu_page()) kvm_zap_obsolete_pages(kvm);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function __kvm_mmu_zap_all_fast_back_half(kvm: kvm): void {
  lockdep_assert_held(kvm.slots_lock);

  if (is_tdp_mmu_page()) kvm_tdp_mmu_zap_invalidated_roots(kvm);
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function kvm_mmu_zap_all_fast(kvm: kvm): void {
  write_lock(kvm.mmu_lock);
  __kvm_mmu_zap_all_fast_front_half(kvm);
  write_unlock(kvm.mmu_lock);

  __kvm_mmu_zap_all_fast_back_half(kvm);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). The kernel empties each table when it is made: the model's exist
 * from the start. 0 or -errno.
 */
export function kvm_mmu_init_vm(kvm: kvm): number {
  kvm.arch.shadow_mmio_value = shadow_mmio_value();

  for (let i = 0; i < pte_entries() * kvm_arch_nr_memslot_as_ids(kvm); i++)
    kvm.arch.spt[i]!.val = SHADOW_NONPRESENT_VALUE;
  for (let i = 0; i < shadow_pages(); i++) kvm.arch.parent_pte[i]!.val = SHADOW_NONPRESENT_VALUE;

  return 0;
}

/** arch/x86/kvm/mmu/mmu.c (v6.12). */
export function kvm_rmap_zap_gfn_range(kvm: kvm, gfn_start: gfn_t, gfn_end: gfn_t): boolean {
  const iter: kvm_memslot_iter = { slots: null, node: null, slot: null };
  let flush = false;

  if (!kvm_memslots_have_rmaps(kvm)) return flush;

  for (let i = 0; i < kvm_arch_nr_memslot_as_ids(kvm); i++) {
    const slots: kvm_memslots_struct = __kvm_memslots(kvm, i);

    for (
      kvm_memslot_iter_start(iter, slots, gfn_start);
      kvm_memslot_iter_is_valid(iter, gfn_end);
      kvm_memslot_iter_next(iter)
    ) {
      const memslot = iter.slot!;
      const { base_gfn, npages } = memslot;
      const start = gfn_start > base_gfn ? gfn_start : base_gfn;
      const end = gfn_end < base_gfn + npages ? gfn_end : base_gfn + npages;
      if (WARN_ON_ONCE(start >= end)) continue;

      flush = __kvm_rmap_zap_gfn_range(kvm, memslot, start, end, flush);
    }
  }

  return flush;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Zaps what maps [gfn_start, gfn_end). Slots are read, so it is a
 * read-side section. Left out: flushes of TLBs.
 */
export function kvm_zap_gfn_range(kvm: kvm, gfn_start: gfn_t, gfn_end: gfn_t): void {
  if (WARN_ON_ONCE(gfn_end <= gfn_start)) return;

  const idx = srcu_read_lock(kvm.srcu);

  write_lock(kvm.mmu_lock);

  kvm_mmu_invalidate_begin(kvm);

  kvm_mmu_invalidate_range_add(kvm, gfn_start, gfn_end);

  const flush = kvm_rmap_zap_gfn_range(kvm, gfn_start, gfn_end);

  if (tdp_mmu_enabled()) kvm_tdp_mmu_zap_leafs(kvm, gfn_start, gfn_end, flush);

  kvm_mmu_invalidate_end(kvm);

  write_unlock(kvm.mmu_lock);

  srcu_read_unlock(kvm.srcu, idx);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). Left out, without the quirk: zapping the shadow pages of the
 * guest's own tables that lie in the slot: theirs stays.
 */
export function kvm_arch_flush_shadow_memslot(kvm: kvm, slot: kvm_memory_slot): void {
  const range: kvm_gfn_range = {
    slot,
    start: slot.base_gfn,
    end: slot.base_gfn + slot.npages,
  };
  const zap_all = kvm_check_has_quirk(kvm, KVM_X86_QUIRK_SLOT_ZAP_ALL);

  write_lock(kvm.mmu_lock);

  if (zap_all) __kvm_mmu_zap_all_fast_front_half(kvm);
  else kvm_unmap_gfn_range(kvm, range);

  write_unlock(kvm.mmu_lock);

  if (zap_all) __kvm_mmu_zap_all_fast_back_half(kvm);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v6.12). A number is about to be used again: no SPTE may still hold it.
 * `gen` is the number that is about to be stored, and the address space is in its lowest bit.
 */
export function kvm_mmu_invalidate_mmio_sptes(kvm: kvm, gen: bigint): void {
  WARN_ON_ONCE((gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS) !== 0n);

  gen &= MMIO_SPTE_GEN_MASK();

  gen &= ~(BigInt(kvm_arch_nr_memslot_as_ids(kvm)) - 1n);

  if (gen === 0n) kvm_mmu_zap_all_fast(kvm);
}
