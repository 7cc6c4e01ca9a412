// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu/tdp_mmu.c: how are the entries of a table that the processor walks by itself
// made and zapped? Faults hold mmu_lock as readers: several of them may want to write one entry.

import { try_cmpxchg64 } from '#linux/atomic';
import { BUG_ON, WARN_ON_ONCE } from '#linux/bug';
import { EBUSY } from '#linux/errno';
import { pte_entries, pte_gfn } from '#linux/pgtable';
import { read_lock, read_unlock } from '#linux/rwlock';
import { array, type Of, struct, u64 } from '#linux/struct';
import type { kvm, kvm_vcpu } from '../../../../include/linux/kvm_host.ts';
import type { gfn_t } from '../../../../include/linux/kvm_types.ts';
import {
  kvm_arch_nr_memslot_as_ids,
  kvm_arch_vcpu_memslots_id,
  type spte_t,
} from '../../include/asm/kvm_host.ts';
import {
  type kvm_page_fault,
  RET_PF_EMULATE,
  RET_PF_FIXED,
  RET_PF_RETRY,
  RET_PF_SPURIOUS,
} from './mmu_internal.h.ts';
import {
  ACC_ALL,
  check_spte_writable_invariants,
  FROZEN_SPTE,
  is_frozen_spte,
  is_mmio_spte,
  is_shadow_present_pte,
  SHADOW_NONPRESENT_VALUE,
  spte_to_pfn,
} from './spte.h.ts';
import { make_mmio_spte, make_spte } from './spte.ts';
import {
  __kvm_tdp_mmu_write_spte,
  kvm_tdp_mmu_read_spte,
  type tdp_iter,
  tdp_iter_start,
} from './tdp_iter.h.ts';

/**
 * arch/x86/kvm/mmu/tdp_mmu.c (v6.12), of a leaf. Left out: statistics, the host's accessed and
 * dirty pages, and tables below, as a leaf has none.
 */
export function handle_changed_spte(kvm: kvm, old_spte: bigint, new_spte: bigint): void {
  const was_present = is_shadow_present_pte(old_spte);
  const is_present = is_shadow_present_pte(new_spte);
  const pfn_changed = spte_to_pfn(old_spte) !== spte_to_pfn(new_spte);

  BUG_ON(was_present && is_present && pfn_changed);

  if (old_spte === new_spte) return;

  if (is_present) check_spte_writable_invariants(new_spte);

  if (!was_present && !is_present) {
    WARN_ON_ONCE(
      !is_mmio_spte(kvm, old_spte) && !is_mmio_spte(kvm, new_spte) && !is_frozen_spte(new_spte),
    );
  }
}

/** arch/x86/kvm/mmu/tdp_mmu.c (v6.12). */
export function __tdp_mmu_set_spte_atomic(iter: tdp_iter, new_spte: bigint): number {
  WARN_ON_ONCE(is_frozen_spte(iter.old_spte.val));

  if (!try_cmpxchg64(iter.sptep.$.val, iter.old_spte, new_spte)) return -EBUSY;

  return 0;
}

/** arch/x86/kvm/mmu/tdp_mmu.c (v6.12). Called with mmu_lock held for reading. 0 or -EBUSY. */
export function tdp_mmu_set_spte_atomic(kvm: kvm, iter: tdp_iter, new_spte: bigint): number {
  const ret = __tdp_mmu_set_spte_atomic(iter, new_spte);
  if (ret !== 0) return ret;

  handle_changed_spte(kvm, iter.old_spte.val, new_spte);

  return 0;
}

/**
 * arch/x86/kvm/mmu/tdp_mmu.c (v6.12). Called with mmu_lock held for writing. Left out: the exchange
 * by which an accessed or dirty bit is kept that the processor has just set; it sets none here.
 */
export function tdp_mmu_set_spte(
  kvm: kvm,
  sptep: spte_t,
  old_spte: bigint,
  new_spte: bigint,
): void {
  WARN_ON_ONCE(is_frozen_spte(old_spte) || is_frozen_spte(new_spte));

  __kvm_tdp_mmu_write_spte(sptep, new_spte);

  handle_changed_spte(kvm, old_spte, new_spte);
}

/**
 * arch/x86/kvm/mmu/tdp_mmu.c (v6.12), with mmu_lock held for reading: the table goes away, entry by
 * entry, while faults that came to it before may still write it. Left out: waiting for somebody
 * else who has frozen an entry, as slots_lock lets only one zap at a time; and what was in an entry
 * before it was frozen, of which only the host's books would be told.
 *
 * The kernel has unlinked the table before, and vCPUs use a new, empty one. The model has one
 * table, so each entry is emptied where it is as the new table's: a fault that comes late then
 * writes an entry that is seen, while the kernel throws it away with its table. That allows more
 * runs than the kernel has, never fewer.
 */
export function handle_removed_pt(kvm: kvm, as_id: number): void {
  for (let i = 0; i < pte_entries(); i++) {
    const sptep = kvm.arch.spt[as_id * pte_entries() + i]!;

    __kvm_tdp_mmu_write_spte(sptep, FROZEN_SPTE);
    __kvm_tdp_mmu_write_spte(sptep, SHADOW_NONPRESENT_VALUE);
  }
}

/**
 * arch/x86/kvm/mmu/tdp_mmu.c (v6.12). Left out: the passes over finer levels, which only zap some
 * of the same entries earlier.
 */
export function tdp_mmu_zap_root(kvm: kvm, as_id: number): void {
  handle_removed_pt(kvm, as_id);
}

/**
 * arch/x86/kvm/mmu/tdp_mmu.c (v6.12). Called with mmu_lock held for writing; the answer says
 * whether an entry was zapped. MMIO SPTEs stay. Left out: making room for others in between.
 */
export function tdp_mmu_zap_leafs(kvm: kvm, as_id: number, start: gfn_t, end: gfn_t): boolean {
  let flush = false;

  for (let i = 0; i < pte_entries(); i++) {
    const gfn = pte_gfn(i);
    if (gfn < start || gfn >= end) continue;

    const sptep = kvm.arch.spt[as_id * pte_entries() + i]!;
    const old_spte = kvm_tdp_mmu_read_spte(sptep);

    if (!is_shadow_present_pte(old_spte)) continue;

    tdp_mmu_set_spte(kvm, sptep, old_spte, SHADOW_NONPRESENT_VALUE);
    flush = true;
  }

  return flush;
}

/** arch/x86/kvm/mmu/tdp_mmu.c (v6.12). */
export function kvm_tdp_mmu_zap_leafs(kvm: kvm, start: gfn_t, end: gfn_t, flush: boolean): boolean {
  for (let as_id = 0; as_id < kvm_arch_nr_memslot_as_ids(kvm); as_id++)
    flush = tdp_mmu_zap_leafs(kvm, as_id, start, end) || flush;

  return flush;
}

/**
 * arch/x86/kvm/mmu/tdp_mmu.c (v6.12). Left out: which roots have been marked:
 * kvm_mmu_zap_all_fast() marks all.
 */
export function kvm_tdp_mmu_zap_invalidated_roots(kvm: kvm): void {
  read_lock(kvm.mmu_lock);
  for (let as_id = 0; as_id < kvm_arch_nr_memslot_as_ids(kvm); as_id++)
    tdp_mmu_zap_root(kvm, as_id);
  read_unlock(kvm.mmu_lock);
}

/**
 * arch/x86/kvm/mmu/tdp_mmu.c (v6.12). Left out: levels, and the flush of TLBs that are not there.
 */
export function tdp_mmu_map_handle_target_level(
  vcpu: kvm_vcpu,
  fault: kvm_page_fault,
  iter: tdp_iter,
): number {
  let new_spte: bigint;
  let ret = RET_PF_FIXED;

  if (fault.slot === null) new_spte = make_mmio_spte(vcpu, iter.gfn, ACC_ALL);
  else
    new_spte = make_spte(ACC_ALL, fault.pfn, iter.old_spte.val, fault.prefetch, fault.map_writable);

  if (new_spte === iter.old_spte.val) ret = RET_PF_SPURIOUS;
  else if (tdp_mmu_set_spte_atomic(vcpu.kvm!, iter, new_spte) !== 0) return RET_PF_RETRY;

  if (is_mmio_spte(vcpu.kvm!, new_spte)) {
    vcpu.stat.pf_mmio_spte_created++;
    ret = RET_PF_EMULATE;
  }

  return ret;
}

/**
 * arch/x86/kvm/mmu/tdp_mmu.c (v6.12). Left out: upper levels, which are always present here, and
 * RCU, which keeps tables from being freed that are never freed here.
 */
export function kvm_tdp_mmu_map(vcpu: kvm_vcpu, fault: kvm_page_fault): number {
  const iter = tdp_iter_start(vcpu.kvm!, kvm_arch_vcpu_memslots_id(vcpu), fault.gfn);

  if (is_frozen_spte(iter.old_spte.val)) return RET_PF_RETRY;

  return tdp_mmu_map_handle_target_level(vcpu, fault, iter);
}

/** arch/x86/kvm/mmu/tdp_mmu.c (v6.12). */
export function kvm_tdp_mmu_unmap_gfn_range(
  kvm: kvm,
  as_id: number,
  start: gfn_t,
  end: gfn_t,
  flush: boolean,
): boolean {
  return tdp_mmu_zap_leafs(kvm, as_id, start, end) || flush;
}

/** What a walk has read at each level, 5 to 1; nothing is known of levels that it did not reach. */
export const sptes_on_stack = struct('sptes', { at: array(6, u64) });

/** arch/x86/kvm/mmu/tdp_mmu.c (v6.12). Returns the level of the entry that was reached, or -1. */
export function kvm_tdp_mmu_get_walk(
  vcpu: kvm_vcpu,
  gfn: gfn_t,
  sptes: Of<typeof sptes_on_stack>,
): number {
  const iter = tdp_iter_start(vcpu.kvm!, kvm_arch_vcpu_memslots_id(vcpu), gfn);
  const leaf = 1;

  sptes.at[leaf] = iter.old_spte.val;

  return leaf;
}
