// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu.c: what does an SPTE say, how is a guest's page fault handled, and which faults
// are MMIO? SPTEs are u64 words with the bits of the era; generations are 32-bit numbers.

import { WARN_ON } from '#linux/bug';
import { READ_ONCE } from '#linux/compiler';
import { config, cpu_has_vmx_ept } from '#linux/config';
import { EFAULT } from '#linux/errno';
import { PAGE_MASK, PAGE_SHIFT } from '#linux/page';
import { pte_entries, pte_index } from '#linux/pgtable';
import { read_as } from '#linux/read-as';
import { spin_lock, spin_unlock } from '#linux/spinlock';
import { trace_handle_mmio_page_fault } from '#linux/tracepoint';
import { u32, u64 } from '#linux/types';
import {
  PFERR_RSVD_MASK,
  PFERR_WRITE_MASK,
  PT_ACCESSED_MASK,
  PT_PRESENT_MASK,
  PT_USER_MASK,
  PT_WRITABLE_MASK,
  PT64_NX_MASK,
  RET_MMIO_PF_BUG,
  RET_MMIO_PF_EMULATE,
  RET_MMIO_PF_INVALID,
  RET_MMIO_PF_RETRY,
} from '../../../../v3.16/arch/x86/kvm/mmu.h.ts';
import { ept_set_mmio_spte_mask } from '../../../../v3.16/arch/x86/kvm/vmx.ts';
import {
  is_error_pfn,
  is_noslot_pfn,
  KVM_PFN_ERR_RO_FAULT,
  type kvm,
  kvm_memslots,
  type kvm_vcpu,
} from '../../../include/linux/kvm_host.ts';
import type { gfn_t, gpa_t, gva_t, pfn_t } from '../../../include/linux/kvm_types.ts';
import { gfn_to_pfn_async, type pfn_result } from '../../../virt/kvm/kvm_main.ts';
import type { kvm_mmu_page, spte_t } from '../include/asm/kvm_host.ts';
import { paging64_invlpg, paging64_sync_page } from './paging_tmpl.h.ts';
import {
  MMIO_GVA_ANY,
  vcpu_cache_mmio_info,
  vcpu_clear_mmio_info,
  vcpu_match_mmio_gpa,
  vcpu_match_mmio_gva,
} from './x86.h.ts';
import { kvm_set_mmio_spte_mask } from './x86.ts';

/** Bits of an access: 1 execute, 2 write, 4 user. */
export const ACC_EXEC_MASK = 1;
export const ACC_WRITE_MASK = 2;
export const ACC_USER_MASK = 4;
export const ACC_ALL = 7;

/** Bits 12..51: the address in an SPTE. */
export const PT64_BASE_ADDR_MASK = 0x000f_ffff_ffff_f000n;
/** Bit 10: the host may write the page. */
export const SPTE_HOST_WRITEABLE = 0x400n;
/** Bit 11: the MMU lets the guest write the page. */
export const SPTE_MMU_WRITEABLE = 0x800n;

/**
 * The variable that kvm_mmu_set_mmio_spte_mask() fills when the module is loaded. Nothing writes it
 * while a VM exists, so it is a function of the host.
 */
export function shadow_mmio_mask(): bigint {
  return cpu_has_vmx_ept() ? ept_set_mmio_spte_mask() : kvm_set_mmio_spte_mask();
}

/** One of the masks of kvm_mmu_set_mask_ptes(). EPT's accessed bit is taken as switched off. */
function shadow_accessed_mask(): bigint {
  return cpu_has_vmx_ept() ? 0n : PT_ACCESSED_MASK;
}

/** One of the masks of kvm_mmu_set_mask_ptes(): bit 2 is EPT's execute bit. */
function shadow_x_mask(): bigint {
  return cpu_has_vmx_ept() ? 4n : 0n;
}

/** One of the masks of kvm_mmu_set_mask_ptes(). */
function shadow_nx_mask(): bigint {
  return cpu_has_vmx_ept() ? 0n : PT64_NX_MASK;
}

/** One of the masks of kvm_mmu_set_mask_ptes(). */
function shadow_user_mask(): bigint {
  return cpu_has_vmx_ept() ? 0n : PT_USER_MASK;
}

/** SPTE bits 3..11 hold generation bits 1..9: bit 0 would be bit 2, where nothing is stored. */
export function MMIO_SPTE_GEN_LOW_SHIFT(): bigint {
  return 2n;
}

/** SPTE bits 52..61 hold generation bits 10..19. */
export function MMIO_SPTE_GEN_HIGH_SHIFT(): bigint {
  return 52n;
}

/** Width of the generation in an SPTE: 20, unless the run narrows it. */
export function MMIO_GEN_SHIFT(): number {
  const bits = config().generationBits;
  return bits === null ? 20 : bits.low + bits.high;
}

/** Bits of the generation in the low field, bit 0 included: 10, unless the run narrows it. */
export function MMIO_GEN_LOW_SHIFT(): number {
  return config().generationBits?.low ?? 10;
}

/** All bits of the low field but bit 0, which is presumed zero and never stored. */
export function MMIO_GEN_LOW_MASK(): number {
  return (1 << MMIO_GEN_LOW_SHIFT()) - 2;
}

export function MMIO_GEN_MASK(): number {
  return (1 << MMIO_GEN_SHIFT()) - 1;
}

/** The largest generation. */
export function MMIO_MAX_GEN(): number {
  return (1 << MMIO_GEN_SHIFT()) - 1;
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function generation_mmio_spte_mask(gen: number): bigint {
  WARN_ON(gen > MMIO_MAX_GEN());

  let mask = BigInt(gen & MMIO_GEN_LOW_MASK()) << MMIO_SPTE_GEN_LOW_SHIFT();
  mask |= u64((BigInt(gen) >> BigInt(MMIO_GEN_LOW_SHIFT())) << MMIO_SPTE_GEN_HIGH_SHIFT());
  return mask;
}

/**
 * arch/x86/kvm/mmu.c (v3.17). The high field needs no mask: the bits above it were just stripped.
 */
export function get_mmio_spte_generation(spte: bigint): number {
  spte &= ~shadow_mmio_mask();

  let gen = Number((spte >> MMIO_SPTE_GEN_LOW_SHIFT()) & BigInt(MMIO_GEN_LOW_MASK()));
  gen |= Number(spte >> MMIO_SPTE_GEN_HIGH_SHIFT()) << MMIO_GEN_LOW_SHIFT();
  return u32(gen);
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function kvm_current_mmio_generation(kvm: kvm): number {
  return u32(kvm_memslots(kvm).generation & BigInt(MMIO_GEN_MASK()));
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function mark_mmio_spte(kvm: kvm, sptep: spte_t, gfn: gfn_t, access: number): void {
  const gen = kvm_current_mmio_generation(kvm);
  let mask = generation_mmio_spte_mask(gen);

  access &= ACC_WRITE_MASK | ACC_USER_MASK;
  mask |= u64(shadow_mmio_mask() | BigInt(access) | (gfn << PAGE_SHIFT));

  mmu_spte_set(sptep, mask);
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function is_mmio_spte(spte: bigint): boolean {
  return (spte & shadow_mmio_mask()) === shadow_mmio_mask();
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function get_mmio_spte_gfn(spte: bigint): gfn_t {
  const mask = generation_mmio_spte_mask(MMIO_MAX_GEN()) | shadow_mmio_mask();
  return (spte & ~mask) >> PAGE_SHIFT;
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function get_mmio_spte_access(spte: bigint): number {
  const mask = generation_mmio_spte_mask(MMIO_MAX_GEN()) | shadow_mmio_mask();
  return u32(spte & ~mask & ~PAGE_MASK);
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function set_mmio_spte(
  kvm: kvm,
  sptep: spte_t,
  gfn: gfn_t,
  pfn: pfn_t,
  access: number,
): boolean {
  if (is_noslot_pfn(pfn)) {
    mark_mmio_spte(kvm, sptep, gfn, access);
    return true;
  }

  return false;
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function check_mmio_spte(kvm: kvm, spte: bigint): boolean {
  const kvm_gen = kvm_current_mmio_generation(kvm);
  const spte_gen = get_mmio_spte_generation(spte);

  return kvm_gen === spte_gen;
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function is_shadow_present_pte(pte: bigint): boolean {
  return (pte & PT_PRESENT_MASK) !== 0n && !is_mmio_spte(pte);
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function is_rmap_spte(pte: bigint): boolean {
  return is_shadow_present_pte(pte);
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function spte_to_pfn(pte: bigint): pfn_t {
  return (pte & PT64_BASE_ADDR_MASK) >> PAGE_SHIFT;
}

/** arch/x86/kvm/mmu.c (v3.17), 64-bit host: one store, so no reader sees half of it. */
export function __set_spte(sptep: spte_t, spte: bigint): void {
  sptep.val = spte;
}

/** arch/x86/kvm/mmu.c (v3.17), 64-bit host. */
export function __update_clear_spte_fast(sptep: spte_t, spte: bigint): void {
  sptep.val = spte;
}

/** arch/x86/kvm/mmu.c (v3.17), 64-bit host. */
export function __get_spte_lockless(sptep: spte_t): bigint {
  return READ_ONCE(sptep.$.val);
}

/** arch/x86/kvm/mmu.c (v3.17), 64-bit host. */
export function __check_direct_spte_mmio_pf(spte: bigint): boolean {
  return spte === 0n;
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function mmu_spte_set(sptep: spte_t, new_spte: bigint): void {
  WARN_ON(read_as(sptep.$.val, is_shadow_present_pte));
  __set_spte(sptep, new_spte);
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: volatile bits (hardware of the model sets no accessed or
 * dirty bit) and the answer whether TLBs must be flushed (a vCPU of the model has no TLB).
 */
export function mmu_spte_update(sptep: spte_t, new_spte: bigint): void {
  const is_present = read_as(sptep.$.val, is_shadow_present_pte);

  WARN_ON(!is_rmap_spte(new_spte));

  if (!is_present) {
    mmu_spte_set(sptep, new_spte);
    return;
  }

  __update_clear_spte_fast(sptep, new_spte);
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: volatile bits, and telling the host's memory management
 * about the page. Nobody reads its answer, which says whether rmap holds the entry.
 */
export function mmu_spte_clear_track_bits(sptep: spte_t): void {
  __update_clear_spte_fast(sptep, 0n);
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function mmu_spte_clear_no_track(sptep: spte_t): void {
  __update_clear_spte_fast(sptep, 0n);
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function mmu_spte_get_lockless(sptep: spte_t): bigint {
  return __get_spte_lockless(sptep);
}

/** arch/x86/kvm/mmu.c (v3.17). Left out: rmap, by which nothing in the model is found. */
export function drop_spte(_kvm: kvm, sptep: spte_t): void {
  mmu_spte_clear_track_bits(sptep);
}

/** The shadow of the guest's leaf page table: C finds it by an address, there is one. */
export function shadow_page(kvm: kvm): kvm_mmu_page {
  return kvm.arch.sp[0]!;
}

/**
 * arch/x86/kvm/mmu.c (v3.17), for the page of the model: is it there, and not in step with the
 * guest? Left out: the bitmaps of the levels above, which lead to the page if it is unsync.
 */
export function mmu_unsync_walk(kvm: kvm): boolean {
  return is_shadow_present_pte(kvm.arch.parent_pte[0]!.val) && shadow_page(kvm).unsync !== 0;
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function kvm_unlink_unsync_page(_kvm: kvm, sp: kvm_mmu_page): void {
  WARN_ON(sp.unsync === 0);
  sp.unsync = 0;
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: a page made in another paging mode, since the guest changes
 * its mode never; and the flush of the vCPU's TLB, which the model has not.
 */
export function __kvm_sync_page(vcpu: kvm_vcpu, sp: kvm_mmu_page, clear_unsync: boolean): number {
  if (clear_unsync) kvm_unlink_unsync_page(vcpu.kvm!, sp);

  if (paging64_sync_page(vcpu, sp) !== 0) {
    kvm_mmu_prepare_zap_page(vcpu.kvm!, sp);
    return 1;
  }

  return 0;
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function kvm_sync_page(vcpu: kvm_vcpu, sp: kvm_mmu_page): number {
  return __kvm_sync_page(vcpu, sp, true);
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: write protection of the guest's page table, which is said
 * by
 * `unsync` itself; and giving up mmu_lock between batches of pages, since there is one.
 */
export function mmu_sync_children(vcpu: kvm_vcpu): void {
  while (mmu_unsync_walk(vcpu.kvm!)) {
    kvm_sync_page(vcpu, shadow_page(vcpu.kvm!));
  }
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function init_shadow_page_table(kvm: kvm): void {
  for (let i = 0; i < pte_entries(); i++) kvm.arch.spt[i]!.val = 0n;
}

/**
 * arch/x86/kvm/mmu.c (v3.17), for a page that is not there yet. Left out: to find one that is there
 * and not linked: this page has one parent, and a page that lost it is empty, so it is as good as a
 * new one; and write protection, which is said by `unsync` itself.
 */
export function kvm_mmu_get_page(vcpu: kvm_vcpu): kvm_mmu_page {
  const sp = shadow_page(vcpu.kvm!);
  sp.unsync = 0;
  init_shadow_page_table(vcpu.kvm!);
  return sp;
}

/** arch/x86/kvm/mmu.c (v3.17). Left out: the address of the page, of which there is one. */
export function link_shadow_page(sptep: spte_t, _sp: kvm_mmu_page, accessed: boolean): void {
  let spte = PT_PRESENT_MASK | PT_WRITABLE_MASK | shadow_user_mask() | shadow_x_mask();

  if (accessed) spte |= shadow_accessed_mask();

  mmu_spte_set(sptep, spte);
}

/**
 * arch/x86/kvm/mmu.c (v3.17). The model's walk has one level, so it begins at the leaf: upper
 * levels are present from the start and never change.
 */
export function shadow_walk_init(vcpu: kvm_vcpu, addr: gpa_t): spte_t {
  return vcpu.kvm!.arch.spt[pte_index(addr >> PAGE_SHIFT)]!;
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: reading the entry. In the kernel it decides which books are
 * kept (rmap, counts of pages) and whether anything is freed below it; the entry of a page that
 * goes away can be reached no more, whatever it held.
 */
export function mmu_page_zap_pte(kvm: kvm, spte: spte_t): void {
  drop_spte(kvm, spte);
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function kvm_mmu_page_unlink_children(kvm: kvm, _sp: kvm_mmu_page): void {
  for (let i = 0; i < pte_entries(); i++) mmu_page_zap_pte(kvm, kvm.arch.spt[i]!);
}

/** arch/x86/kvm/mmu.c (v3.17). The page has one parent. */
export function kvm_mmu_unlink_parents(kvm: kvm, _sp: kvm_mmu_page): void {
  mmu_spte_clear_no_track(kvm.arch.parent_pte[0]!);
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: lists, counts, role.invalid, and the request to load new
 * roots where the page is one: a page without a parent is not there any more.
 */
export function kvm_mmu_prepare_zap_page(kvm: kvm, sp: kvm_mmu_page): void {
  kvm_mmu_page_unlink_children(kvm, sp);
  kvm_mmu_unlink_parents(kvm, sp);

  if (sp.unsync !== 0) kvm_unlink_unsync_page(kvm, sp);
}

/** arch/x86/kvm/mmu.c (v3.17). Left out: marking the parents, as said at mmu_unsync_walk(). */
export function __kvm_unsync_page(_vcpu: kvm_vcpu, sp: kvm_mmu_page): void {
  sp.unsync = 1;
}

/** arch/x86/kvm/mmu.c (v3.17), for the page of the model, which shadows the gfn that is written. */
export function kvm_unsync_pages(vcpu: kvm_vcpu): void {
  const s = shadow_page(vcpu.kvm!);
  if (s.unsync !== 0) return;
  __kvm_unsync_page(vcpu, s);
}

/**
 * arch/x86/kvm/mmu.c (v3.17). True if the guest must not write the page itself. Left out: shadow
 * pages of upper levels, which the written page has not.
 */
export function mmu_need_write_protect(vcpu: kvm_vcpu, can_unsync: boolean): boolean {
  let need_unsync = false;

  if (is_shadow_present_pte(vcpu.kvm!.arch.parent_pte[0]!.val)) {
    const s = shadow_page(vcpu.kvm!);
    if (!can_unsync) return true;
    if (s.unsync === 0) need_unsync = true;
  }
  if (need_unsync) kvm_unsync_pages(vcpu);
  return false;
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: write protection of guest page tables, which entries of
 * the model do not map, and of logged slots; the memory type, large pages and marking pages dirty:
 * none of them changes which page a read reaches. C returns whether the page is write-protected,
 * which would always be no.
 */
export function set_spte(
  vcpu: kvm_vcpu,
  sptep: spte_t,
  pte_access: number,
  gfn: gfn_t,
  pfn: pfn_t,
  speculative: boolean,
  host_writable: boolean,
): void {
  if (set_mmio_spte(vcpu.kvm!, sptep, gfn, pfn, pte_access)) return;

  let spte = PT_PRESENT_MASK;
  if (!speculative) spte |= shadow_accessed_mask();

  if ((pte_access & ACC_EXEC_MASK) !== 0) spte |= shadow_x_mask();
  else spte |= shadow_nx_mask();

  if ((pte_access & ACC_USER_MASK) !== 0) spte |= shadow_user_mask();

  if (host_writable) spte |= SPTE_HOST_WRITEABLE;
  else pte_access &= ~ACC_WRITE_MASK;

  spte |= pfn << PAGE_SHIFT;

  if ((pte_access & ACC_WRITE_MASK) !== 0) spte |= PT_WRITABLE_MASK | SPTE_MMU_WRITEABLE;

  mmu_spte_update(sptep, spte);
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Returns what the kernel hands back through `emulate`. Left out: large
 * pages, rmap, and flushes of TLBs, which the model has not; and emulating a write to a page that
 * is write-protected, since none is.
 */
export function mmu_set_spte(
  vcpu: kvm_vcpu,
  sptep: spte_t,
  pte_access: number,
  _write_fault: boolean,
  gfn: gfn_t,
  pfn: pfn_t,
  speculative: boolean,
  host_writable: boolean,
): number {
  let emulate = 0;

  if (read_as(sptep.$.val, is_rmap_spte)) {
    if (pfn !== read_as(sptep.$.val, spte_to_pfn)) drop_spte(vcpu.kvm!, sptep);
  }

  set_spte(vcpu, sptep, pte_access, gfn, pfn, speculative, host_writable);

  if (read_as(sptep.$.val, is_mmio_spte)) emulate = 1;

  return emulate;
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: upper levels, which are always present here; prefetching of
 * neighbours, which the kernel skips under EPT and which only makes the same entries earlier; and
 * the check for a root that went away, since the one table of the model is emptied in place. The
 * kernel drops what a fault writes to a root that is obsolete, the model keeps it: that allows more
 * runs than the kernel has, never fewer. The entry is read once, as mmu_lock keeps other writers
 * out.
 */
export function __direct_map(
  vcpu: kvm_vcpu,
  write: boolean,
  map_writable: boolean,
  gfn: gfn_t,
  pfn: pfn_t,
  prefault: boolean,
): number {
  const sptep = shadow_walk_init(vcpu, gfn << PAGE_SHIFT);
  const emulate = mmu_set_spte(vcpu, sptep, ACC_ALL, write, gfn, pfn, prefault, map_writable);
  vcpu.stat.pf_fixed++;

  return emulate;
}

/** arch/x86/kvm/mmu.c (v3.17). Left out: poisoned pages, which the host of the model has not. */
export function kvm_handle_bad_page(_vcpu: kvm_vcpu, _gfn: gfn_t, pfn: pfn_t): number {
  if (pfn === KVM_PFN_ERR_RO_FAULT) return 1;

  return -EFAULT;
}

/** arch/x86/kvm/mmu.c (v3.17). `ret_val.r` is C's `*ret_val`. */
export function handle_abnormal_pfn(
  vcpu: kvm_vcpu,
  gva: gva_t,
  gfn: gfn_t,
  pfn: pfn_t,
  access: number,
  ret_val: { r: number },
): boolean {
  if (is_error_pfn(pfn)) {
    ret_val.r = kvm_handle_bad_page(vcpu, gfn, pfn);
    return true;
  }

  if (is_noslot_pfn(pfn)) vcpu_cache_mmio_info(vcpu, gva, gfn, access);

  return false;
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: fast_page_fault(), which only mends write protection;
 * mmu_notifier_retry(), as the host takes no page away; and the limit on shadow pages. An SPTE of
 * the page fault path is made after the lookup and under mmu_lock, which is not the lock that
 * protects the slots: that order is kept.
 */
export function nonpaging_map(
  vcpu: kvm_vcpu,
  v: gva_t,
  error_code: number,
  gfn: gfn_t,
  prefault: boolean,
): number {
  const write = (error_code & PFERR_WRITE_MASK) !== 0;
  const result: pfn_result = { pfn: 0n, writable: true };
  const ret_val = { r: 0 };

  try_async_pf(vcpu, prefault, gfn, v, write, result);

  if (handle_abnormal_pfn(vcpu, v, gfn, result.pfn, ACC_ALL, ret_val)) return ret_val.r;

  spin_lock(vcpu.kvm!.mmu_lock);
  const r = __direct_map(vcpu, write, result.writable, gfn, result.pfn, prefault);
  spin_unlock(vcpu.kvm!.mmu_lock);

  return r;
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: a vCPU without roots, which none of the model is; the walk
 * begins at the one page that can be unsync.
 */
export function mmu_sync_roots(vcpu: kvm_vcpu): void {
  if (!config().guestPaging) return;

  vcpu_clear_mmio_info(vcpu, MMIO_GVA_ANY);
  mmu_sync_children(vcpu);
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function kvm_mmu_sync_roots(vcpu: kvm_vcpu): void {
  spin_lock(vcpu.kvm!.mmu_lock);
  mmu_sync_roots(vcpu);
  spin_unlock(vcpu.kvm!.mmu_lock);
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function quickly_check_mmio_pf(vcpu: kvm_vcpu, addr: bigint, direct: boolean): boolean {
  if (direct) return vcpu_match_mmio_gpa(vcpu, addr);

  return vcpu_match_mmio_gva(vcpu, addr);
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function check_direct_spte_mmio_pf(spte: bigint): boolean {
  return __check_direct_spte_mmio_pf(spte);
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: what keeps page tables from being freed during the walk
 * (interrupts off, vcpu->mode and its barriers), since tables of the model are never freed.
 */
export function walk_shadow_page_get_mmio_spte(vcpu: kvm_vcpu, addr: bigint): bigint {
  const sptep = shadow_walk_init(vcpu, addr);
  const spte = mmu_spte_get_lockless(sptep);

  return spte;
}

/** arch/x86/kvm/mmu.c (v3.17). vcpu_cache_mmio_info() reads the generation a second time. */
export function handle_mmio_page_fault_common(
  vcpu: kvm_vcpu,
  addr: bigint,
  direct: boolean,
): number {
  if (quickly_check_mmio_pf(vcpu, addr, direct)) return RET_MMIO_PF_EMULATE;

  const spte = walk_shadow_page_get_mmio_spte(vcpu, addr);

  if (is_mmio_spte(spte)) {
    const gfn = get_mmio_spte_gfn(spte);
    const access = get_mmio_spte_access(spte);

    if (!check_mmio_spte(vcpu.kvm!, spte)) return RET_MMIO_PF_INVALID;

    if (direct) addr = 0n;

    trace_handle_mmio_page_fault(addr, gfn, access);
    vcpu_cache_mmio_info(vcpu, addr, gfn, access);
    return RET_MMIO_PF_EMULATE;
  }

  if (direct && !check_direct_spte_mmio_pf(spte)) return RET_MMIO_PF_BUG;

  return RET_MMIO_PF_RETRY;
}

/** arch/x86/kvm/mmu.c (v3.17). */
export function handle_mmio_page_fault(
  vcpu: kvm_vcpu,
  addr: bigint,
  _error_code: number,
  direct: boolean,
): number {
  const ret = handle_mmio_page_fault_common(vcpu, addr, direct);
  WARN_ON(ret === RET_MMIO_PF_BUG);
  return ret;
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: topping up caches of memory, which cannot run out here. The
 * guest has paging off, so `gva` is also its physical address.
 */
export function nonpaging_page_fault(
  vcpu: kvm_vcpu,
  gva: gva_t,
  error_code: number,
  prefault: boolean,
): number {
  if ((error_code & PFERR_RSVD_MASK) !== 0) {
    const r = handle_mmio_page_fault(vcpu, gva, error_code, true);

    if (r !== RET_MMIO_PF_INVALID) return r;
  }

  const gfn = gva >> PAGE_SHIFT;

  return nonpaging_map(vcpu, gva & PAGE_MASK, error_code, gfn, prefault);
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: waiting for a page in the background, since no page of the
 * host is ever away; and so the answer, which would always be no. The page is in `result`.
 */
export function try_async_pf(
  vcpu: kvm_vcpu,
  _prefault: boolean,
  gfn: gfn_t,
  _gva: gva_t,
  write: boolean,
  result: pfn_result,
): void {
  result.pfn = gfn_to_pfn_async(vcpu.kvm!, gfn, write, result);
}

/** arch/x86/kvm/mmu.c (v3.17). Left out: as in nonpaging_map() and nonpaging_page_fault(). */
export function tdp_page_fault(
  vcpu: kvm_vcpu,
  gpa: gpa_t,
  error_code: number,
  prefault: boolean,
): number {
  const gfn = gpa >> PAGE_SHIFT;
  const write = (error_code & PFERR_WRITE_MASK) !== 0;
  const result: pfn_result = { pfn: 0n, writable: true };
  const ret_val = { r: 0 };

  if ((error_code & PFERR_RSVD_MASK) !== 0) {
    const r = handle_mmio_page_fault(vcpu, gpa, error_code, true);

    if (r !== RET_MMIO_PF_INVALID) return r;
  }

  try_async_pf(vcpu, prefault, gfn, gpa, write, result);

  if (handle_abnormal_pfn(vcpu, 0n, gfn, result.pfn, ACC_ALL, ret_val)) return ret_val.r;

  spin_lock(vcpu.kvm!.mmu_lock);
  const r = __direct_map(vcpu, write, result.writable, gfn, result.pfn, prefault);
  spin_unlock(vcpu.kvm!.mmu_lock);

  return r;
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Called under mmu_lock when a shadowed page table of the guest is
 * synchronised; `nr_present.n` is C's `*nr_present`. An MMIO SPTE whose gfn did not change gets the
 * current generation without the slots being asked again.
 */
export function sync_mmio_spte(
  kvm: kvm,
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
    mark_mmio_spte(kvm, sptep, gfn, access);
    return true;
  }

  return false;
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: breaking the lock between batches of pages, since the model
 * has one page table and so one batch; and sp->role.invalid, which only keeps the walk over the
 * list of pages from being endless.
 */
export function kvm_zap_obsolete_pages(kvm: kvm): void {
  if (config().guestPaging) {
    kvm_mmu_prepare_zap_page(kvm, shadow_page(kvm));
    return;
  }

  for (let i = 0; i < pte_entries(); i++) mmu_page_zap_pte(kvm, kvm.arch.spt[i]!);
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: mmu_valid_gen and the request to load new roots. They let
 * vCPUs leave the old table before it is freed; the model empties its table in place, entry by
 * entry. New roots would also make a vCPU forget the gva that it has cached: here it keeps it, so
 * the model allows more runs than the kernel, never fewer.
 */
export function kvm_mmu_invalidate_zap_all_pages(kvm: kvm): void {
  spin_lock(kvm.mmu_lock);
  kvm_zap_obsolete_pages(kvm);
  spin_unlock(kvm.mmu_lock);
}

/** arch/x86/kvm/mmu.c (v3.17). A number is about to be used again: no SPTE may still hold it. */
export function kvm_mmu_invalidate_mmio_sptes(kvm: kvm): void {
  if (kvm_current_mmio_generation(kvm) === 0) {
    kvm_mmu_invalidate_zap_all_pages(kvm);
  }
}

/**
 * arch/x86/kvm/mmu.c (v3.17). Left out: the flush of the TLB, which a vCPU of the model has not.
 */
export function kvm_mmu_invlpg(vcpu: kvm_vcpu, gva: gva_t): void {
  paging64_invlpg(vcpu, gva);
}
