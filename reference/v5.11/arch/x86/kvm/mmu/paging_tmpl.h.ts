// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu/paging_tmpl.h: how does KVM follow page tables that it shadows? The C is
// compiled once for each kind of tables; these are the functions for 64-bit entries, those of a
// guest and those of a hypervisor of AMD's. The guest of the model has one leaf table, and the
// tables above it never change and give all rights.

import { PAGE_SHIFT } from '#linux/page';
import { pte_entries, pte_index } from '#linux/pgtable';
import { spin_lock, spin_unlock } from '#linux/spinlock';
import type { kvm_vcpu } from '../../../../include/linux/kvm_host.ts';
import type { gfn_t, gpa_t, gva_t, kvm_pfn_t } from '../../../../include/linux/kvm_types.ts';
import type { pfn_result } from '../../../../virt/kvm/kvm_main.ts';
import {
  kvm_arch_vcpu_memslots_id,
  type kvm_mmu_page_indirect,
  type spte_t,
} from '../../include/asm/kvm_host.ts';
import {
  PFERR_RSVD_MASK,
  PFERR_WRITE_MASK,
  PT_PRESENT_MASK,
  PT_USER_MASK,
  PT_WRITABLE_MASK,
  permission_fault,
} from '../mmu.h.ts';
import { vcpu_clear_mmio_info } from '../x86.h.ts';
import { kvm_inject_emulated_page_fault } from '../x86.ts';
import {
  drop_spte,
  handle_abnormal_pfn,
  kvm_mmu_get_page,
  leaf_sptep,
  link_shadow_page,
  mmu_page_zap_pte,
  mmu_set_spte,
  set_spte,
  shadow_page,
  shadow_walk_init,
  sync_mmio_spte,
  try_async_pf,
} from './mmu.ts';
import { RET_PF_RETRY, RET_PF_SPURIOUS } from './mmu_internal.h.ts';
import {
  ACC_ALL,
  is_shadow_present_pte,
  PT64_BASE_ADDR_MASK,
  SPTE_HOST_WRITEABLE,
  spte_to_pfn,
} from './spte.h.ts';

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

/** arch/x86/kvm/mmu/paging_tmpl.h (v5.11). */
export function gpte_to_gfn(gpte: bigint): gfn_t {
  return (gpte & PT64_BASE_ADDR_MASK) >> PAGE_SHIFT;
}

/** arch/x86/kvm/mmu/paging_tmpl.h (v5.11). */
export function paging64_is_present_gpte(pte: bigint): boolean {
  return (pte & PT_PRESENT_MASK) !== 0n;
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v5.11). The entry of a shadowed page goes if the guest's entry
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

/** arch/x86/kvm/mmu/paging_tmpl.h (v5.11). */
export function paging64_gpte_access(gpte: bigint): number {
  let access = Number(gpte & (PT_WRITABLE_MASK | PT_USER_MASK | PT_PRESENT_MASK));
  access ^= Number(gpte >> PT64_NX_SHIFT);
  return access;
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v5.11), at the leaf level. Returns 1, or 0 if the fault is the
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
 * arch/x86/kvm/mmu/paging_tmpl.h (v5.11), at the leaf level. Left out: entries read for
 * prefetching.
 */
export function paging64_gpte_changed(vcpu: kvm_vcpu, gw: guest_walker, addr: gva_t): boolean {
  const curr_pte = vcpu.kvm!.arch.gpt[pte_index(addr >> PAGE_SHIFT)]!;

  return curr_pte !== gw.pte;
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v5.11). Left out: levels above the last two; large pages; and
 * prefetching the eight entries around, since no two pages of a scenario are that near. rmap_add()
 * notes the gfn in C, under the same lock.
 */
export function paging64_fetch(
  vcpu: kvm_vcpu,
  addr: gpa_t,
  gw: guest_walker,
  error_code: number,
  pfn: kvm_pfn_t,
  map_writable: boolean,
  prefault: boolean,
): number {
  const write_fault = (error_code & PFERR_WRITE_MASK) !== 0;
  const as_id = kvm_arch_vcpu_memslots_id(vcpu);
  const parent = vcpu.kvm!.arch.parent_pte[as_id]!;
  let sp: kvm_mmu_page_indirect | null = null;

  if (!is_shadow_present_pte(parent.val)) sp = kvm_mmu_get_page(vcpu);

  if (paging64_gpte_changed(vcpu, gw, addr)) return RET_PF_RETRY;

  if (sp !== null) link_shadow_page(parent, sp);

  const it = shadow_walk_init(vcpu, addr);

  const ret = mmu_set_spte(
    vcpu,
    it.sptep,
    gw.pte_access,
    write_fault,
    gw.gfn,
    pfn,
    prefault,
    map_writable,
  );
  if (ret === RET_PF_SPURIOUS) return ret;

  if (is_shadow_present_pte(it.sptep.val))
    shadow_page(vcpu.kvm!, as_id).gfns[pte_index(addr >> PAGE_SHIFT)] = gw.gfn;

  vcpu.stat.pf_fixed++;
  return ret;
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v5.11). Left out: what direct_page_fault() leaves out; whether
 * the page is one that maps itself, which decides about large pages; and writing through an entry
 * that is not writable, since the guest of the model has CR0.WP set.
 */
export function paging64_page_fault(
  vcpu: kvm_vcpu,
  addr: gpa_t,
  error_code: number,
  prefault: boolean,
): number {
  const write_fault = (error_code & PFERR_WRITE_MASK) !== 0;
  const walker: guest_walker = {
    pte: 0n,
    pte_access: 0,
    gfn: 0n,
    fault: { error_code: 0, address: 0n },
  };
  const result: pfn_result = { pfn: 0n, writable: false };
  const ret_val = { r: 0 };

  error_code &= ~PFERR_RSVD_MASK;

  if (paging64_walk_addr(walker, vcpu, addr, error_code) === 0) {
    if (!prefault) kvm_inject_emulated_page_fault(vcpu, walker.fault);

    return RET_PF_RETRY;
  }

  try_async_pf(vcpu, prefault, walker.gfn, addr, write_fault, result);

  if (handle_abnormal_pfn(vcpu, addr, walker.gfn, result.pfn, walker.pte_access, ret_val))
    return ret_val.r;

  spin_lock(vcpu.kvm!.mmu_lock);
  const r = paging64_fetch(vcpu, addr, walker, error_code, result.pfn, result.writable, prefault);
  spin_unlock(vcpu.kvm!.mmu_lock);

  return r;
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v5.11). The SPTE of the address goes if its page is unsync: the
 * next access makes it anew. Left out: the walk down to that page, which ends early where no page
 * below is unsync; making the entry of RAM at once (FNAME(update_pte)), which the next fault does
 * as well; it makes none of MMIO. And a vCPU without roots, which none is.
 */
export function paging64_invlpg(vcpu: kvm_vcpu, gva: gva_t): void {
  vcpu_clear_mmio_info(vcpu, gva);

  spin_lock(vcpu.kvm!.mmu_lock);
  const sp = shadow_page(vcpu.kvm!, kvm_arch_vcpu_memslots_id(vcpu));
  if (sp.unsync !== 0) mmu_page_zap_pte(vcpu.kvm!, shadow_walk_init(vcpu, gva).sptep);
  spin_unlock(vcpu.kvm!.mmu_lock);
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v5.11). Returns how many entries are left; if none is, the page
 * is zapped. An MMIO SPTE that is still of its gfn is tagged anew, and the slots are not asked: as
 * in every kernel that was read. Left out: failing to read the guest's table, which lies in a slot
 * that stays; and what is about TLBs.
 */
export function paging64_sync_page(vcpu: kvm_vcpu, sp: kvm_mmu_page_indirect): number {
  const nr_present = { n: 0 };

  for (let i = 0; i < pte_entries(); i++) {
    const sptep = leaf_sptep(vcpu, i);
    if (sptep.val === 0n) continue;

    const gpte = vcpu.kvm!.arch.gpt[i]!;

    if (paging64_prefetch_invalid_gpte(vcpu, sptep, gpte)) continue;

    const gfn = gpte_to_gfn(gpte);
    const pte_access = ACC_ALL & paging64_gpte_access(gpte);

    if (sync_mmio_spte(vcpu, sptep, gfn, pte_access, nr_present)) continue;

    if (gfn !== sp.gfns[i]!) {
      drop_spte(vcpu.kvm!, sptep);
      continue;
    }

    nr_present.n++;

    const host_writable = (sptep.val & SPTE_HOST_WRITEABLE) !== 0n;

    set_spte(vcpu, sptep, pte_access, gfn, spte_to_pfn(sptep.val), true, host_writable);
  }

  return nr_present.n;
}
