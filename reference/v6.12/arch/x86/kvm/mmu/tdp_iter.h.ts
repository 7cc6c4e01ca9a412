// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu/tdp_iter.h: how does the TDP MMU come to an SPTE, and how is it read and
// written?

import { READ_ONCE, WRITE_ONCE } from '#linux/compiler';
import { pte_entries, pte_index } from '#linux/pgtable';
import type { kvm } from '../../../../include/linux/kvm_host.ts';
import type { gfn_t } from '../../../../include/linux/kvm_types.ts';
import type { spte_t } from '../../include/asm/kvm_host.ts';

/**
 * struct tdp_iter. Left out: levels, and yielding in the middle of a walk, which only lets others
 * run earlier. `old_spte.val` is C's `old_spte`: what was last read at `sptep`.
 */
export interface tdp_iter {
  readonly sptep: spte_t;
  readonly gfn: gfn_t;
  readonly as_id: number;
  readonly old_spte: { val: bigint };
}

/** arch/x86/kvm/mmu/tdp_iter.h (v6.12). */
export function kvm_tdp_mmu_read_spte(sptep: spte_t): bigint {
  return READ_ONCE(sptep.$.val);
}

/** arch/x86/kvm/mmu/tdp_iter.h (v6.12). */
export function __kvm_tdp_mmu_write_spte(sptep: spte_t, new_spte: bigint): void {
  WRITE_ONCE(sptep.$.val, new_spte);
}

/**
 * Of the C file of the same name (v6.12). The model's walk has one level, so it begins at the leaf.
 */
export function tdp_iter_start(kvm: kvm, as_id: number, gfn: gfn_t): tdp_iter {
  const sptep = kvm.arch.spt[as_id * pte_entries() + pte_index(gfn)]!;

  return { sptep, gfn, as_id, old_spte: { val: kvm_tdp_mmu_read_spte(sptep) } };
}
