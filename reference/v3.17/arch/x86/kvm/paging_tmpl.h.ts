// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/paging_tmpl.h: how does KVM follow the page tables of a guest that it shadows? The C
// is compiled once for each kind of guest tables; these are the functions for 64-bit entries. The
// guest of the model has one leaf table, and the tables above it never change and give all rights.

import { PAGE_MASK, PAGE_SHIFT } from '#linux/page';
import { pte_entries, pte_index } from '#linux/pgtable';
import { spin_lock, spin_unlock } from '#linux/spinlock';
import {
  PFERR_RSVD_MASK,
  PFERR_WRITE_MASK,
  PT_PRESENT_MASK,
  PT_USER_MASK,
  PT_WRITABLE_MASK,
  permission_fault,
  RET_MMIO_PF_INVALID,
} from '../../../../v3.16/arch/x86/kvm/mmu.h.ts';
import type { kvm_vcpu } from '../../../include/linux/kvm_host.ts';
import type { gfn_t, gva_t, pfn_t } from '../../../include/linux/kvm_types.ts';
import type { pfn_result } from '../../../virt/kvm/kvm_main.ts';
import type { kvm_mmu_page, spte_t } from '../include/asm/kvm_host.ts';
import {
  ACC_ALL,
  ACC_EXEC_MASK,
  drop_spte,
  handle_abnormal_pfn,
  handle_mmio_page_fault,
  is_shadow_present_pte,
  kvm_mmu_get_page,
  link_shadow_page,
  mmu_page_zap_pte,
  mmu_set_spte,
  mmu_unsync_walk,
  PT64_BASE_ADDR_MASK,
  SPTE_HOST_WRITEABLE,
  set_spte,
  shadow_page,
  shadow_walk_init,
  spte_to_pfn,
  sync_mmio_spte,
  try_async_pf,
} from './mmu.ts';
import { vcpu_clear_mmio_info } from './x86.h.ts';
import { kvm_inject_page_fault } from './x86.ts';

/** Bit 63 of a 64-bit entry of the guest: not executable. */
export const PT64_NX_SHIFT = 63n;

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
}

/** arch/x86/kvm/paging_tmpl.h (v3.17). */
export function gpte_to_gfn(gpte: bigint): gfn_t {
  return (gpte & PT64_BASE_ADDR_MASK) >> PAGE_SHIFT;
}

/** arch/x86/kvm/paging_tmpl.h (v3.17). */
export function paging64_is_present_gpte(pte: bigint): boolean {
  return (pte & PT_PRESENT_MASK) !== 0n;
}

/**
 * arch/x86/kvm/paging_tmpl.h (v3.17). The entry of a shadowed page goes if the guest's entry maps
 * nothing. Left out: reserved bits of the guest's entry, which make it one that maps nothing, only
 * with another code for the guest; and entries without an accessed bit, since the guest of the
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

/** arch/x86/kvm/paging_tmpl.h (v3.17). */
export function paging64_gpte_access(gpte: bigint): number {
  let access = Number(gpte & (PT_WRITABLE_MASK | PT_USER_MASK)) | ACC_EXEC_MASK;
  access &= ~Number(gpte >> PT64_NX_SHIFT);
  return access;
}

/**
 * arch/x86/kvm/paging_tmpl.h (v3.17), at the leaf level. Returns 1, or 0 if the fault is the
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

  if (!paging64_is_present_gpte(pte)) return 0;

  walker.pte = pte;
  const pte_access = ACC_ALL & paging64_gpte_access(pte);
  if (permission_fault(pte_access, access)) return 0;

  walker.gfn = gpte_to_gfn(pte);
  walker.pte_access = pte_access;
  return 1;
}

/**
 * arch/x86/kvm/paging_tmpl.h (v3.17), at the leaf level. Left out: entries read for prefetching.
 */
export function paging64_gpte_changed(vcpu: kvm_vcpu, gw: guest_walker, addr: gva_t): boolean {
  const curr_pte = vcpu.kvm!.arch.gpt[pte_index(addr >> PAGE_SHIFT)]!;

  return curr_pte !== gw.pte;
}

/**
 * arch/x86/kvm/paging_tmpl.h (v3.17). Left out: levels above the last two; large pages; prefetching
 * the eight entries around, since no two pages of a scenario are that near; and taking back a new
 * page that was not linked, as nothing finds it. rmap_add() notes the gfn in C, under the same
 * lock.
 */
export function paging64_fetch(
  vcpu: kvm_vcpu,
  addr: gva_t,
  gw: guest_walker,
  write_fault: boolean,
  pfn: pfn_t,
  map_writable: boolean,
  prefault: boolean,
): number {
  const parent = vcpu.kvm!.arch.parent_pte[0]!;
  let sp: kvm_mmu_page | null = null;

  if (!is_shadow_present_pte(parent.val)) sp = kvm_mmu_get_page(vcpu);

  if (paging64_gpte_changed(vcpu, gw, addr)) return 0;

  if (sp !== null) link_shadow_page(parent, sp, true);

  const sptep = shadow_walk_init(vcpu, addr);
  const emulate = mmu_set_spte(
    vcpu,
    sptep,
    gw.pte_access,
    write_fault,
    gw.gfn,
    pfn,
    prefault,
    map_writable,
  );
  if (is_shadow_present_pte(sptep.val))
    shadow_page(vcpu.kvm!).gfns[pte_index(addr >> PAGE_SHIFT)] = gw.gfn;

  return emulate;
}

/**
 * arch/x86/kvm/paging_tmpl.h (v3.17). Left out: what nonpaging_map() leaves out; whether the page
 * is one that maps itself, which decides about large pages; and writing through an entry that is
 * not writable, since the guest of the model has CR0.WP set.
 */
export function paging64_page_fault(
  vcpu: kvm_vcpu,
  addr: gva_t,
  error_code: number,
  prefault: boolean,
): number {
  const write_fault = (error_code & PFERR_WRITE_MASK) !== 0;
  const walker: guest_walker = { pte: 0n, pte_access: 0, gfn: 0n };
  const result: pfn_result = { pfn: 0n, writable: true };
  const ret_val = { r: 0 };

  if ((error_code & PFERR_RSVD_MASK) !== 0) {
    const r = handle_mmio_page_fault(vcpu, addr, error_code, false);
    if (r !== RET_MMIO_PF_INVALID) return r;
  }

  if (paging64_walk_addr(walker, vcpu, addr, error_code) === 0) {
    if (!prefault) kvm_inject_page_fault(vcpu);

    return 0;
  }

  try_async_pf(vcpu, prefault, walker.gfn, addr, write_fault, result);

  if (handle_abnormal_pfn(vcpu, addr, walker.gfn, result.pfn, walker.pte_access, ret_val))
    return ret_val.r;

  spin_lock(vcpu.kvm!.mmu_lock);
  const r = paging64_fetch(vcpu, addr, walker, write_fault, result.pfn, result.writable, prefault);
  vcpu.stat.pf_fixed++;
  spin_unlock(vcpu.kvm!.mmu_lock);

  return r;
}

/**
 * arch/x86/kvm/paging_tmpl.h (v3.17). The SPTE of the address goes if its page is unsync: the next
 * access makes it anew. Left out: making the entry of RAM at once (FNAME(update_pte)), which the
 * next fault does as well; it makes none of MMIO. And a vCPU without roots, which none is.
 */
export function paging64_invlpg(vcpu: kvm_vcpu, gva: gva_t): void {
  vcpu_clear_mmio_info(vcpu, gva);

  spin_lock(vcpu.kvm!.mmu_lock);
  if (mmu_unsync_walk(vcpu.kvm!)) {
    const sptep = shadow_walk_init(vcpu, gva & PAGE_MASK);
    mmu_page_zap_pte(vcpu.kvm!, sptep);
  }
  spin_unlock(vcpu.kvm!.mmu_lock);
}

/**
 * arch/x86/kvm/paging_tmpl.h (v3.17). Returns 1 if no entry is left, which has the page zapped. An
 * MMIO SPTE that is still of its gfn is tagged anew, and the slots are not asked: as in every
 * kernel that was read. Left out: failing to read the guest's table, which lies in a slot that
 * stays; and the flush of other vCPUs' TLBs.
 */
export function paging64_sync_page(vcpu: kvm_vcpu, sp: kvm_mmu_page): number {
  const nr_present = { n: 0 };

  for (let i = 0; i < pte_entries(); i++) {
    const sptep = vcpu.kvm!.arch.spt[i]!;
    if (sptep.val === 0n) continue;

    const gpte = vcpu.kvm!.arch.gpt[i]!;

    if (paging64_prefetch_invalid_gpte(vcpu, sptep, gpte)) continue;

    const gfn = gpte_to_gfn(gpte);
    const pte_access = ACC_ALL & paging64_gpte_access(gpte);

    if (sync_mmio_spte(vcpu.kvm!, sptep, gfn, pte_access, nr_present)) continue;

    if (gfn !== sp.gfns[i]!) {
      drop_spte(vcpu.kvm!, sptep);
      continue;
    }

    nr_present.n++;

    const host_writable = (sptep.val & SPTE_HOST_WRITEABLE) !== 0n;

    set_spte(vcpu, sptep, pte_access, gfn, spte_to_pfn(sptep.val), true, host_writable);
  }

  return nr_present.n === 0 ? 1 : 0;
}
