// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu/mmu.c: how is a guest's page fault handled, which faults are MMIO, and when do
// entries go away? The TDP MMU, a second implementation that has to be asked for in this release,
// is not ported.

import { smp_load_acquire } from '#linux/barrier';
import { BIT_ULL } from '#linux/bits';
import { WARN_ON, WARN_ON_ONCE } from '#linux/bug';
import { READ_ONCE, WRITE_ONCE } from '#linux/compiler';
import { config, cpu_has_vmx_ept } from '#linux/config';
import { EFAULT, EINVAL, EIO } from '#linux/errno';
import { lockdep_assert_held } from '#linux/mutex';
import { PAGE_MASK, PAGE_SHIFT } from '#linux/page';
import { pte_entries, pte_index } from '#linux/pgtable';
import { read_as } from '#linux/read-as';
import { spin_lock, spin_unlock } from '#linux/spinlock';
import { undefined_on_stack } from '#linux/static';
import { array, type Of, struct, u64 } from '#linux/struct';
import { trace_handle_mmio_page_fault } from '#linux/tracepoint';
import {
  is_error_pfn,
  is_noslot_pfn,
  KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS,
  KVM_PFN_ERR_RO_FAULT,
  KVM_PFN_NOSLOT,
  type kvm,
  kvm_is_visible_memslot,
  kvm_make_request,
  type kvm_memory_slot,
  type kvm_vcpu,
  kvm_vcpu_memslots,
} from '../../../../include/linux/kvm_host.ts';
import type { gfn_t, gpa_t, gva_t, kvm_pfn_t } from '../../../../include/linux/kvm_types.ts';
import {
  __gfn_to_pfn_memslot,
  kvm_vcpu_gfn_to_memslot,
  type pfn_result,
} from '../../../../virt/kvm/kvm_main.ts';
import {
  KVM_ADDRESS_SPACE_NUM,
  KVM_REQ_MMU_SYNC,
  kvm_arch_vcpu_memslots_id,
  type kvm_mmu_page,
  type kvm_mmu_page_indirect,
  type spte_t,
} from '../../include/asm/kvm_host.ts';
import {
  kvm_mmu_do_page_fault,
  PFERR_RSVD_MASK,
  PFERR_WRITE_MASK,
  PT_PRESENT_MASK,
  rsvd_bits,
} from '../mmu.h.ts';
import {
  MMIO_GVA_ANY,
  mmu_is_nested,
  vcpu_cache_mmio_info,
  vcpu_clear_mmio_info,
  vcpu_match_mmio_gpa,
  vcpu_match_mmio_gva,
} from '../x86.h.ts';
import { x86_emulate_instruction } from '../x86.ts';
import {
  RET_PF_EMULATE,
  RET_PF_FIXED,
  RET_PF_INVALID,
  RET_PF_RETRY,
  RET_PF_SPURIOUS,
  SET_SPTE_SPURIOUS,
} from './mmu_internal.h.ts';
import { paging64_invlpg, paging64_sync_page } from './paging_tmpl.h.ts';
import {
  ACC_ALL,
  ACC_USER_MASK,
  ACC_WRITE_MASK,
  get_mmio_spte_generation,
  is_last_spte,
  is_mmio_spte,
  is_shadow_present_pte,
  MMIO_SPTE_GEN_MASK,
  PG_LEVEL_4K,
  SHADOW_NONPRESENT_OR_RSVD_MASK_LEN,
  spte_to_pfn,
} from './spte.h.ts';
import {
  kvm_mmu_set_mmio_spte_mask,
  make_mmio_spte,
  make_nonleaf_spte,
  make_spte,
  type mmio_spte_masks,
  shadow_mmio_access_mask,
  shadow_nonpresent_or_rsvd_lower_gfn_mask,
  shadow_nonpresent_or_rsvd_mask,
} from './spte.ts';

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function mark_mmio_spte(vcpu: kvm_vcpu, sptep: spte_t, gfn: gfn_t, access: number): void {
  const mask = make_mmio_spte(vcpu, gfn, access);

  mmu_spte_set(sptep, mask);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). The five bits that had to be ones lie further up. */
export function get_mmio_spte_gfn(spte: bigint): gfn_t {
  let gpa = spte & shadow_nonpresent_or_rsvd_lower_gfn_mask();

  gpa |= (spte >> BigInt(SHADOW_NONPRESENT_OR_RSVD_MASK_LEN)) & shadow_nonpresent_or_rsvd_mask();

  return gpa >> PAGE_SHIFT;
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function get_mmio_spte_access(spte: bigint): number {
  return Number(spte & BigInt(shadow_mmio_access_mask()));
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function set_mmio_spte(
  vcpu: kvm_vcpu,
  sptep: spte_t,
  gfn: gfn_t,
  pfn: kvm_pfn_t,
  access: number,
): boolean {
  if (is_noslot_pfn(pfn)) {
    mark_mmio_spte(vcpu, sptep, gfn, access);
    return true;
  }

  return false;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). The slots are those of the vCPU's mode. A number with the flag is
 * never equal to one in an SPTE, which has no place for the flag: so it is asked for first.
 */
export function check_mmio_spte(vcpu: kvm_vcpu, spte: bigint): boolean {
  const gen = kvm_vcpu_memslots(vcpu).generation;
  if ((gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS) !== 0n) return false;

  const kvm_gen = gen & MMIO_SPTE_GEN_MASK();
  const spte_gen = get_mmio_spte_generation(spte);

  return kvm_gen === spte_gen;
}

/** arch/x86/kvm/mmu/mmu.c (v5.11), 64-bit host: one store, so no reader sees half of it. */
export function __set_spte(sptep: spte_t, spte: bigint): void {
  WRITE_ONCE(sptep.$.val, spte);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11), 64-bit host. */
export function __update_clear_spte_fast(sptep: spte_t, spte: bigint): void {
  WRITE_ONCE(sptep.$.val, spte);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11), 64-bit host. */
export function __get_spte_lockless(sptep: spte_t): bigint {
  return READ_ONCE(sptep.$.val);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function mmu_spte_set(sptep: spte_t, new_spte: bigint): void {
  WARN_ON(read_as(sptep.$.val, is_shadow_present_pte));
  __set_spte(sptep, new_spte);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: volatile bits, since hardware of the model sets no
 * accessed or dirty bit; and the answer, which is asked for the old state of those bits.
 */
export function mmu_spte_update_no_track(sptep: spte_t, new_spte: bigint): void {
  const old_spte = sptep.val;

  WARN_ON(!is_shadow_present_pte(new_spte));

  if (!is_shadow_present_pte(old_spte)) {
    mmu_spte_set(sptep, new_spte);
    return;
  }

  __update_clear_spte_fast(sptep, new_spte);

  WARN_ON(spte_to_pfn(old_spte) !== spte_to_pfn(new_spte));
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: the answer whether TLBs must be flushed, as a vCPU of
 * the model has no TLB; and telling the host's memory management about the page.
 */
export function mmu_spte_update(sptep: spte_t, new_spte: bigint): void {
  mmu_spte_update_no_track(sptep, new_spte);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: volatile bits, and telling the host's memory management
 * about the page. Nobody reads its answer, which says whether rmap holds the entry.
 */
export function mmu_spte_clear_track_bits(sptep: spte_t): void {
  __update_clear_spte_fast(sptep, 0n);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function mmu_spte_clear_no_track(sptep: spte_t): void {
  __update_clear_spte_fast(sptep, 0n);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function mmu_spte_get_lockless(sptep: spte_t): bigint {
  return __get_spte_lockless(sptep);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). Left out: rmap, by which nothing in the model is found. */
export function drop_spte(_kvm: kvm, sptep: spte_t): void {
  mmu_spte_clear_track_bits(sptep);
}

/** The page that shadows the guest's leaf table in an address space: C finds it by an address. */
export function shadow_page(kvm: kvm, as_id: number): kvm_mmu_page_indirect {
  return kvm.arch.sp[as_id]!;
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). Left out: the bitmap that says which page below it is. */
export function mark_unsync(sp: kvm_mmu_page_indirect): void {
  sp.unsync_children++;
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). The leaf page has one entry above it. */
export function kvm_mmu_mark_parents_unsync(sp: kvm_mmu_page_indirect): void {
  mark_unsync(sp);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function clear_unsync_child_bit(sp: kvm_mmu_page_indirect): void {
  --sp.unsync_children;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: to look whether the page below is there and unsync
 * (__mmu_unsync_walk()): it goes away in a sync, which clears this count, or together with the page
 * above. So it is what that one says.
 */
export function mmu_unsync_walk(sp: kvm_mmu_page_indirect): boolean {
  return sp.unsync_children !== 0;
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function kvm_unlink_unsync_page(sp: kvm_mmu_page_indirect): void {
  WARN_ON(sp.unsync === 0);
  sp.unsync = 0;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). A page none of whose entries is left goes away. Left out: a page
 * made in another paging mode, since the guest changes its mode never; and flushes of TLBs.
 */
export function __kvm_sync_page(vcpu: kvm_vcpu, sp: kvm_mmu_page_indirect): void {
  if (paging64_sync_page(vcpu, sp) === 0) {
    const as_id = kvm_arch_vcpu_memslots_id(vcpu);
    kvm_mmu_prepare_zap_page(vcpu.kvm!, vcpu.kvm!.arch.active_mmu_pages[as_id]!, as_id);
  }
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: sp->role.invalid, as a page of the model is emptied and
 * used again under one hold of mmu_lock.
 */
export function is_obsolete_sp(kvm: kvm, sp: kvm_mmu_page): boolean {
  return sp.mmu_valid_gen !== kvm.arch.mmu_valid_gen;
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function kvm_sync_page(vcpu: kvm_vcpu, sp: kvm_mmu_page_indirect): void {
  kvm_unlink_unsync_page(sp);
  __kvm_sync_page(vcpu, sp);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: write protection of the guest's page table, which is
 * said by `unsync` itself; and giving up mmu_lock between batches of pages, since there is one. The
 * bit in the page above is cleared last (mmu_pages_clear_parents()): who finds it clear finds the
 * page in step with the guest.
 */
export function mmu_sync_children(vcpu: kvm_vcpu): void {
  const sp = shadow_page(vcpu.kvm!, kvm_arch_vcpu_memslots_id(vcpu));

  while (mmu_unsync_walk(sp)) {
    kvm_sync_page(vcpu, sp);
    clear_unsync_child_bit(sp);
  }
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11), for a page that is not there yet. Left out: to find one that is
 * there and not linked: this page has one parent, and a page that lost it was emptied entry by
 * entry, so it is as good as a new one; and write protection, which is said by `unsync` itself.
 */
export function kvm_mmu_get_page(vcpu: kvm_vcpu): kvm_mmu_page_indirect {
  return shadow_page(vcpu.kvm!, kvm_arch_vcpu_memslots_id(vcpu));
}

/** struct kvm_shadow_walk_iterator: `level` is 0 if the walk has come to an end. */
export interface kvm_shadow_walk_iterator {
  addr: gpa_t;
  level: number;
  sptep: spte_t;
}

/** The entry of this index in the leaf table that the vCPU walks: sp->spt[i] in C. */
export function leaf_sptep(vcpu: kvm_vcpu, i: number): spte_t {
  const table = kvm_arch_vcpu_memslots_id(vcpu) * pte_entries();

  return vcpu.kvm!.arch.spt[table + i]!;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). The model's walk has one level, so it begins at the leaf: upper
 * levels are present from the start and never change. What may be absent is the entry of
 * mmu->pae_root that covers addr: then nothing is walked.
 */
export function shadow_walk_init(vcpu: kvm_vcpu, addr: gpa_t): kvm_shadow_walk_iterator {
  let level = PG_LEVEL_4K;

  if (((vcpu.arch.pae_root_absent >> Number((addr >> 30n) & 3n)) & 1) !== 0) level = 0;

  return { addr, level, sptep: leaf_sptep(vcpu, pte_index(addr >> PAGE_SHIFT)) };
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function shadow_walk_okay(iterator: kvm_shadow_walk_iterator): boolean {
  if (iterator.level < PG_LEVEL_4K) return false;

  return true;
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). Left out: going down a level, as there is one. */
export function __shadow_walk_next(iterator: kvm_shadow_walk_iterator, spte: bigint): void {
  if (is_last_spte(spte, iterator.level)) {
    iterator.level = 0;
  }
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). A new page is in step with the guest, as none of it is there. */
export function link_shadow_page(sptep: spte_t, _sp: kvm_mmu_page_indirect): void {
  mmu_spte_set(sptep, make_nonleaf_spte());
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: reading the entry. In the kernel it decides which books
 * are kept (rmap, counts of pages) and whether anything is freed below it; the entry of a page that
 * goes away can be reached no more, whatever it held.
 */
export function mmu_page_zap_pte(kvm: kvm, spte: spte_t): void {
  drop_spte(kvm, spte);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). The page has one parent. */
export function kvm_mmu_unlink_parents(kvm: kvm, as_id: number): void {
  mmu_spte_clear_no_track(kvm.arch.parent_pte[as_id]!);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function kvm_unsync_page(sp: kvm_mmu_page_indirect): void {
  sp.unsync = 1;

  kvm_mmu_mark_parents_unsync(sp);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11), for the gfn of the guest's leaf table, which the guest is about
 * to be allowed to write: all pages that shadow it become unsync. Called with mmu_lock held. Left
 * out: write tracking, which nobody asks for; a sync, which makes no entry of the table, so that
 * the answer would always be no; and the barrier before the entry of the table is made writable,
 * since the model has no such entry: `unsync` says so itself.
 */
export function mmu_need_write_protect(kvm: kvm): void {
  for (let as_id = 0; as_id < KVM_ADDRESS_SPACE_NUM(); as_id++) {
    if (!is_shadow_present_pte(kvm.arch.parent_pte[as_id]!.val)) continue;

    const sp = shadow_page(kvm, as_id);
    if (sp.unsync !== 0) continue;

    kvm_unsync_page(sp);
  }
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: large pages, write protection and marking pages dirty:
 * none of them changes which page a read reaches.
 */
export function set_spte(
  vcpu: kvm_vcpu,
  sptep: spte_t,
  pte_access: number,
  gfn: gfn_t,
  pfn: kvm_pfn_t,
  speculative: boolean,
  host_writable: boolean,
): number {
  let ret = 0;

  if (set_mmio_spte(vcpu, sptep, gfn, pfn, pte_access)) return 0;

  const spte = make_spte(vcpu, pte_access, gfn, pfn, speculative, host_writable);

  if (sptep.val === spte) ret |= SET_SPTE_SPURIOUS;
  else mmu_spte_update(sptep, spte);
  return ret;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: large pages, rmap, and flushes of TLBs, which the model
 * has not; and emulating a write to a page that is write-protected, since none is.
 */
export function mmu_set_spte(
  vcpu: kvm_vcpu,
  sptep: spte_t,
  pte_access: number,
  _write_fault: boolean,
  gfn: gfn_t,
  pfn: kvm_pfn_t,
  speculative: boolean,
  host_writable: boolean,
): number {
  let was_rmapped = false;
  let ret = RET_PF_FIXED;

  if (read_as(sptep.$.val, is_shadow_present_pte)) {
    if (pfn !== read_as(sptep.$.val, spte_to_pfn)) drop_spte(vcpu.kvm!, sptep);
    else was_rmapped = true;
  }

  const set_spte_ret = set_spte(vcpu, sptep, pte_access, gfn, pfn, speculative, host_writable);

  if (read_as(sptep.$.val, is_mmio_spte)) ret = RET_PF_EMULATE;

  if ((set_spte_ret & SET_SPTE_SPURIOUS) !== 0 && ret === RET_PF_FIXED) {
    WARN_ON_ONCE(!was_rmapped);
    return RET_PF_SPURIOUS;
  }

  return ret;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: large pages; upper levels, which are always present
 * here; and prefetching of neighbours, which the kernel skips under EPT and which only makes the
 * same entries earlier. A root that is obsolete is emptied in place: the kernel loses what a fault
 * writes to it, the model keeps it, which allows more runs than the kernel has, never fewer.
 */
export function __direct_map(
  vcpu: kvm_vcpu,
  gpa: gpa_t,
  error_code: number,
  map_writable: boolean,
  pfn: kvm_pfn_t,
  prefault: boolean,
): number {
  const write = (error_code & PFERR_WRITE_MASK) !== 0;
  const gfn = gpa >> PAGE_SHIFT;

  const it = shadow_walk_init(vcpu, gpa);

  const ret = mmu_set_spte(vcpu, it.sptep, ACC_ALL, write, gfn, pfn, prefault, map_writable);
  if (ret === RET_PF_SPURIOUS) return ret;

  vcpu.stat.pf_fixed++;
  return ret;
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). Left out: poisoned pages, which the host has not. */
export function kvm_handle_bad_page(_vcpu: kvm_vcpu, _gfn: gfn_t, pfn: kvm_pfn_t): number {
  if (pfn === KVM_PFN_ERR_RO_FAULT) return RET_PF_EMULATE;

  return -EFAULT;
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). `ret_val.r` is C's `*ret_val`. */
export function handle_abnormal_pfn(
  vcpu: kvm_vcpu,
  gva: gva_t,
  gfn: gfn_t,
  pfn: kvm_pfn_t,
  access: number,
  ret_val: { r: number },
): boolean {
  if (is_error_pfn(pfn)) {
    ret_val.r = kvm_handle_bad_page(vcpu, gfn, pfn);
    return true;
  }

  if (is_noslot_pfn(pfn)) vcpu_cache_mmio_info(vcpu, gva, gfn, access & shadow_mmio_access_mask());

  return false;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Which of the low six bits of an EPT entry the processor takes for
 * a misconfiguration: reserved memory types, and write or execute without read.
 */
function bad_mt_xwr(): bigint {
  if (!cpu_has_vmx_ept()) return 0n;

  const types = [2n, 3n, 7n].reduce((bad, mt) => bad | (0xffn << (mt * 8n)), 0n);
  const rights = [2n, 4n, 6n].reduce((bad, xwr) => bad | (0x0101_0101_0101_0101n << xwr), 0n);
  return types | rights;
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). Reserved at the lowest level: address bits that do not exist. */
export function __is_rsvd_bits_set(pte: bigint): boolean {
  return (pte & rsvd_bits(config().maxphyaddr, 51)) !== 0n;
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function __is_bad_mt_xwr(pte: bigint): boolean {
  return (bad_mt_xwr() & BIT_ULL(pte & 0x3fn)) !== 0n;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: a vCPU without roots, which none of the model is; roots
 * of PAE, which are asked one by one under mmu_lock; and unsync of the root itself, as only leaf
 * pages are.
 */
export function kvm_mmu_sync_roots(vcpu: kvm_vcpu): void {
  if (!config().guestPaging) return;

  vcpu_clear_mmio_info(vcpu, MMIO_GVA_ANY);

  const sp = shadow_page(vcpu.kvm!, kvm_arch_vcpu_memslots_id(vcpu));
  if (smp_load_acquire(sp.$.unsync_children) === 0) return;

  spin_lock(vcpu.kvm!.mmu_lock);
  mmu_sync_children(vcpu);
  spin_unlock(vcpu.kvm!.mmu_lock);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function mmio_info_in_cache(vcpu: kvm_vcpu, addr: bigint, direct: boolean): boolean {
  if (mmu_is_nested(vcpu)) return false;

  if (direct) return vcpu_match_mmio_gpa(vcpu, addr);

  return vcpu_match_mmio_gva(vcpu, addr);
}

/** `u64 spte` on the stack of who asks for one. */
const spte_on_stack = struct('spte', { val: u64 });

/** `u64 sptes[]` on the stack of a walk, by level: PT64_ROOT_MAX_LEVEL + 1 of them. */
const sptes_on_stack = struct('sptes', { at: array(6, u64) });

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Returns the lowest level that was read, or -1 if none was;
 * `root_level.n` is C's `*root_level`. Left out: what keeps page tables from being freed during the
 * walk (interrupts off, vcpu->mode and its barriers), since tables of the model are never freed.
 */
export function get_walk(
  vcpu: kvm_vcpu,
  addr: bigint,
  sptes: Of<typeof sptes_on_stack>,
  root_level: { n: number },
): number {
  let leaf = -1;
  let spte: bigint;

  const iterator = shadow_walk_init(vcpu, addr);
  root_level.n = iterator.level;
  for (; shadow_walk_okay(iterator); __shadow_walk_next(iterator, spte)) {
    leaf = iterator.level;
    spte = mmu_spte_get_lockless(iterator.sptep);

    sptes.at[leaf] = spte;

    if (!is_shadow_present_pte(spte)) break;
  }

  return leaf;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). `sptep.val` is C's `*sptep`. Returns true if a present entry has
 * bits that none may have. Left out: a vCPU without a root, which never comes here.
 */
export function get_mmio_spte(vcpu: kvm_vcpu, addr: bigint, sptep: { val: bigint }): boolean {
  const sptes = undefined_on_stack(sptes_on_stack);
  const root = { n: 0 };
  let reserved = false;

  let leaf = get_walk(vcpu, addr, sptes, root);

  if (leaf < 0) {
    sptep.val = 0n;
    return reserved;
  }

  sptep.val = sptes.at[leaf]!;

  if (!is_shadow_present_pte(sptes.at[leaf]!)) leaf++;

  for (let level = root.n; level >= leaf; level--) {
    const is_bad = __is_bad_mt_xwr(sptes.at[level]!);
    reserved = reserved || is_bad || __is_rsvd_bits_set(sptes.at[level]!);
  }

  return reserved;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). vcpu_cache_mmio_info() reads the generation a second time, and it
 * is that of address space 0.
 */
export function handle_mmio_page_fault(vcpu: kvm_vcpu, addr: bigint, direct: boolean): number {
  const spte = undefined_on_stack(spte_on_stack);

  if (mmio_info_in_cache(vcpu, addr, direct)) return RET_PF_EMULATE;

  const reserved = get_mmio_spte(vcpu, addr, spte);
  if (WARN_ON(reserved)) return -EINVAL;

  if (is_mmio_spte(spte.val)) {
    const gfn = get_mmio_spte_gfn(spte.val);
    const access = get_mmio_spte_access(spte.val);

    if (!check_mmio_spte(vcpu, spte.val)) return RET_PF_INVALID;

    if (direct) addr = 0n;

    trace_handle_mmio_page_fault(addr, gfn, access);
    vcpu_cache_mmio_info(vcpu, addr, gfn, access);
    return RET_PF_EMULATE;
  }

  return RET_PF_RETRY;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: waiting for a page in the background, since no page of
 * the host is ever away; and so the answer, which would always be no. The page is in `result`. A
 * guest of the guest (is_guest_mode()) is one with page tables of its own here.
 */
export function try_async_pf(
  vcpu: kvm_vcpu,
  _prefault: boolean,
  gfn: gfn_t,
  _cr2_or_gpa: gpa_t,
  write: boolean,
  result: pfn_result,
): void {
  const slot = kvm_vcpu_gfn_to_memslot(vcpu, gfn);

  if (config().nested && !kvm_is_visible_memslot(slot)) {
    result.pfn = KVM_PFN_NOSLOT;
    result.writable = false;
    return;
  }

  result.pfn = __gfn_to_pfn_memslot(slot, gfn, write, result);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: write tracking, which no one asks for;
 * fast_page_fault(), which mends write protection or ends an exit for which another vCPU has done
 * the work; topping up caches of memory, which cannot run out here; mmu_notifier_retry(), as the
 * host takes no page away; and the limit on shadow pages. An SPTE is made after the lookup and
 * under mmu_lock, which is not the lock that protects the slots: that order is kept.
 */
export function direct_page_fault(
  vcpu: kvm_vcpu,
  gpa: gpa_t,
  error_code: number,
  prefault: boolean,
  is_tdp: boolean,
): number {
  const write = (error_code & PFERR_WRITE_MASK) !== 0;
  const result: pfn_result = { pfn: 0n, writable: false };
  const gfn = gpa >> PAGE_SHIFT;
  const ret_val = { r: 0 };

  try_async_pf(vcpu, prefault, gfn, gpa, write, result);

  if (handle_abnormal_pfn(vcpu, is_tdp ? 0n : gpa, gfn, result.pfn, ACC_ALL, ret_val))
    return ret_val.r;

  spin_lock(vcpu.kvm!.mmu_lock);
  const r = __direct_map(vcpu, gpa, error_code, result.writable, result.pfn, prefault);
  spin_unlock(vcpu.kvm!.mmu_lock);

  return r;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). The guest has paging off, so its virtual address is also its
 * physical one.
 */
export function nonpaging_page_fault(
  vcpu: kvm_vcpu,
  gpa: gpa_t,
  error_code: number,
  prefault: boolean,
): number {
  return direct_page_fault(vcpu, gpa & PAGE_MASK, error_code, prefault, false);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). Left out: how large a page may be by its memory type. */
export function kvm_tdp_page_fault(
  vcpu: kvm_vcpu,
  gpa: gpa_t,
  error_code: number,
  prefault: boolean,
): number {
  return direct_page_fault(vcpu, gpa, error_code, prefault, true);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Called under mmu_lock when a shadowed page table of the guest is
 * synchronised; `nr_present.n` is C's `*nr_present`. An MMIO SPTE whose gfn did not change gets the
 * current generation without the slots being asked again.
 */
export function sync_mmio_spte(
  vcpu: kvm_vcpu,
  sptep: spte_t,
  gfn: gfn_t,
  access: number,
  nr_present: { n: number },
): boolean {
  if (is_mmio_spte(sptep.val)) {
    if (gfn !== get_mmio_spte_gfn(sptep.val)) {
      mmu_spte_clear_no_track(sptep);
      return true;
    }

    nr_present.n++;
    mark_mmio_spte(vcpu, sptep, gfn, access);
    return true;
  }

  return false;
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Every fault that the processor reports comes here; 1 lets the
 * guest go on, a negative number ends the VM. Left out: a vCPU without a root, which never comes
 * here; nested guests whose page tables are protected, which only the emulator writes; and which
 * kind of emulation is asked for, since the model has no emulator: in the kernel the cache of the
 * vCPU decides whether an instruction may be tried again instead.
 */
export function kvm_mmu_page_fault(vcpu: kvm_vcpu, cr2_or_gpa: gpa_t, error_code: number): number {
  let r: number;
  const direct = !config().guestPaging;

  r = RET_PF_INVALID;
  if ((error_code & PFERR_RSVD_MASK) !== 0) {
    r = handle_mmio_page_fault(vcpu, cr2_or_gpa, direct);
    if (r === RET_PF_EMULATE) return x86_emulate_instruction(vcpu, cr2_or_gpa);
  }

  if (r === RET_PF_INVALID) {
    r = kvm_mmu_do_page_fault(vcpu, cr2_or_gpa, error_code, false);
    if (WARN_ON_ONCE(r === RET_PF_INVALID)) return -EIO;
  }

  if (r < 0) return r;
  if (r !== RET_PF_EMULATE) return 1;

  return x86_emulate_instruction(vcpu, cr2_or_gpa);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Empties a page and lets it stand for the one that a vCPU makes in
 * its place when it loads its root again.
 */
function kvm_mmu_prepare_zap_page(kvm: kvm, sp: kvm_mmu_page, table: number): void {
  for (let i = 0; i < pte_entries(); i++)
    mmu_page_zap_pte(kvm, kvm.arch.spt[table * pte_entries() + i]!);

  if (config().guestPaging) {
    const shadow = shadow_page(kvm, table);
    kvm_mmu_unlink_parents(kvm, table);

    if (shadow.unsync !== 0) kvm_unlink_unsync_page(shadow);
  }

  sp.mmu_valid_gen = kvm.arch.mmu_valid_gen;
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). Left out: the flush of the TLB, and roots of other tables. */
export function kvm_mmu_invalidate_gva(vcpu: kvm_vcpu, gva: gva_t): void {
  paging64_invlpg(vcpu, gva);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function kvm_mmu_invlpg(vcpu: kvm_vcpu, gva: gva_t): void {
  kvm_mmu_invalidate_gva(vcpu, gva);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11), for the root that the vCPU has: the hypervisor enters a guest of
 * the guest with the tables that it had before. Left out: other roots, whose load is followed by
 * the same sync; flushes of TLBs; and clearing the MMIO cache, which the sync does once more.
 */
export function __kvm_mmu_new_pgd(vcpu: kvm_vcpu): void {
  kvm_make_request(KVM_REQ_MMU_SYNC, vcpu);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). Left out: the mode of the tables, which never changes. */
export function kvm_init_shadow_npt_mmu(vcpu: kvm_vcpu): void {
  __kvm_mmu_new_pgd(vcpu);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: breaking the lock between batches of pages, since the
 * model has one page for each address space and so one batch; and freeing pages after a flush of
 * TLBs. The page above goes as well: the one that is made in its place has no page below that is
 * unsync.
 */
export function kvm_zap_obsolete_pages(kvm: kvm): void {
  for (let i = 0; i < KVM_ADDRESS_SPACE_NUM(); i++) {
    const sp = kvm.arch.active_mmu_pages[i]!;

    if (!is_obsolete_sp(kvm, sp)) break;

    kvm_mmu_prepare_zap_page(kvm, sp, i);

    if (config().guestPaging) shadow_page(kvm, i).unsync_children = 0;
  }
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Left out: the request to load new roots. It lets vCPUs leave the
 * old pages before they are freed; the model empties its pages in place, entry by entry.
 */
export function kvm_mmu_zap_all_fast(kvm: kvm): void {
  lockdep_assert_held(kvm.slots_lock);

  spin_lock(kvm.mmu_lock);

  kvm.arch.mmu_valid_gen = kvm.arch.mmu_valid_gen !== 0 ? 0 : 1;

  kvm_zap_obsolete_pages(kvm);

  spin_unlock(kvm.mmu_lock);
}

/** arch/x86/kvm/mmu/mmu.c (v5.11). */
export function kvm_mmu_invalidate_zap_pages_in_memslot(kvm: kvm, _slot: kvm_memory_slot): void {
  kvm_mmu_zap_all_fast(kvm);
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). A number is about to be used again: no SPTE may still hold it.
 * Its lowest bits tell address spaces apart, so they are not looked at.
 */
export function kvm_mmu_invalidate_mmio_sptes(kvm: kvm, gen: bigint): void {
  WARN_ON((gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS) !== 0n);

  gen &= MMIO_SPTE_GEN_MASK();

  gen &= ~(BigInt(KVM_ADDRESS_SPACE_NUM()) - 1n);

  if (gen === 0n) {
    kvm_mmu_zap_all_fast(kvm);
  }
}

/**
 * arch/x86/kvm/mmu/mmu.c (v5.11). Bit 51 is an address bit that no processor uses, unless it uses
 * all; then nothing makes an MMIO access fault on a reserved bit.
 */
export function kvm_set_mmio_spte_mask(): mmio_spte_masks {
  let mask: bigint;

  if (config().maxphyaddr < 52) mask = BIT_ULL(51n) | PT_PRESENT_MASK;
  else mask = 0n;

  return kvm_mmu_set_mmio_spte_mask(mask, BigInt(ACC_WRITE_MASK | ACC_USER_MASK));
}
