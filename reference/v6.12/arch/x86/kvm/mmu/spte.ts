// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu/spte.c: which bits does this host give to SPTEs, and how is an SPTE made?

import { WARN_ON_ONCE } from '#linux/bug';
import { config, cpu_has_vmx_ept, ro_after_init } from '#linux/config';
import { PAGE_SHIFT } from '#linux/page';
import { u64 } from '#linux/types';
import { type kvm_vcpu, kvm_vcpu_memslots } from '../../../../include/linux/kvm_host.ts';
import type { gfn_t, kvm_pfn_t } from '../../../../include/linux/kvm_types.ts';
import {
  PT_ACCESSED_MASK,
  PT_DIRTY_MASK,
  PT_PRESENT_MASK,
  PT_USER_MASK,
  PT_WRITABLE_MASK,
  PT64_NX_MASK,
} from '../mmu.h.ts';
import {
  VMX_EPT_ACCESS_BIT,
  VMX_EPT_DIRTY_BIT,
  VMX_EPT_EXECUTABLE_MASK,
  VMX_EPT_MISCONFIG_WX_VALUE,
  VMX_EPT_READABLE_MASK,
  VMX_EPT_RWX_MASK,
  VMX_EPT_SUPPRESS_VE_BIT,
} from '../vmx/vmx.ts';
import {
  ACC_EXEC_MASK,
  ACC_USER_MASK,
  ACC_WRITE_MASK,
  DEFAULT_SPTE_HOST_WRITABLE,
  DEFAULT_SPTE_MMU_WRITABLE,
  EPT_SPTE_HOST_WRITABLE,
  EPT_SPTE_MMU_WRITABLE,
  FROZEN_SPTE,
  is_writable_pte,
  MMIO_SPTE_GEN_HIGH_MASK,
  MMIO_SPTE_GEN_HIGH_SHIFT,
  MMIO_SPTE_GEN_LOW_MASK,
  MMIO_SPTE_GEN_LOW_SHIFT,
  MMIO_SPTE_GEN_MASK,
  SHADOW_NONPRESENT_OR_RSVD_MASK_LEN,
  SPTE_MMIO_ALLOWED_MASK,
  SPTE_MMU_PRESENT_MASK,
} from './spte.h.ts';

/**
 * The variables of spte.c, which are written while modules are loaded and never while a VM exists:
 * so they are functions of the host.
 */
export interface pte_masks {
  readonly shadow_host_writable_mask: bigint;
  readonly shadow_mmu_writable_mask: bigint;
  readonly shadow_nx_mask: bigint;
  readonly shadow_x_mask: bigint;
  readonly shadow_user_mask: bigint;
  readonly shadow_accessed_mask: bigint;
  readonly shadow_dirty_mask: bigint;
  readonly shadow_present_mask: bigint;
  readonly mmio: mmio_masks;
}

/** What kvm_mmu_set_mmio_spte_mask() decides. */
export interface mmio_masks {
  readonly enable_mmio_caching: boolean;
  readonly shadow_mmio_value: bigint;
  readonly shadow_mmio_mask: bigint;
  readonly shadow_mmio_access_mask: bigint;
}

const masks = ro_after_init(() =>
  cpu_has_vmx_ept() ? kvm_mmu_set_ept_masks(true) : kvm_mmu_reset_all_pte_masks(),
);

export const enable_mmio_caching = (): boolean => masks().mmio.enable_mmio_caching;
export const shadow_mmio_value = (): bigint => masks().mmio.shadow_mmio_value;
export const shadow_mmio_mask = (): bigint => masks().mmio.shadow_mmio_mask;
export const shadow_mmio_access_mask = (): bigint => masks().mmio.shadow_mmio_access_mask;
export const shadow_host_writable_mask = (): bigint => masks().shadow_host_writable_mask;
export const shadow_mmu_writable_mask = (): bigint => masks().shadow_mmu_writable_mask;

/** Bits s..e of a u64. Empty if e < s, as rsvd_bits() of mmu.h. */
export function rsvd_bits(s: number, e: number): bigint {
  return e < s ? 0n : ((1n << BigInt(e - s + 1)) - 1n) << BigInt(s);
}

/**
 * boot_cpu_data.x86_cache_bits: with how many address bits the L1 cache works. The processors that
 * leak its contents have 44 at least (arch/x86/kernel/cpu/bugs.c).
 */
function x86_cache_bits(): number {
  return Math.max(44, config().maxphyaddr);
}

/** Address bits that stay where they are in an MMIO SPTE: those below the five that move. */
function low_phys_bits(): number {
  return shadow_nonpresent_or_rsvd_mask() === 0n
    ? config().maxphyaddr
    : x86_cache_bits() - Number(SHADOW_NONPRESENT_OR_RSVD_MASK_LEN);
}

/**
 * Set by kvm_mmu_reset_all_pte_masks(): five address bits that are set in each SPTE that is not
 * present, so that it names memory that does not exist. Zero where the processor is not vulnerable,
 * or has too many address bits for five more. (The kernel warns of that when it is loaded, before
 * there is a VM.)
 */
export function shadow_nonpresent_or_rsvd_mask(): bigint {
  const { l1tf } = config();
  const cache_bits = x86_cache_bits();
  const len = Number(SHADOW_NONPRESENT_OR_RSVD_MASK_LEN);

  return l1tf && cache_bits < 52 - len ? rsvd_bits(cache_bits - len, cache_bits - 1) : 0n;
}

/** Set by kvm_mmu_reset_all_pte_masks(): the bits of a gfn in an MMIO SPTE that did not move. */
export function shadow_nonpresent_or_rsvd_lower_gfn_mask(): bigint {
  return rsvd_bits(Number(PAGE_SHIFT), low_phys_bits() - 1);
}

/** arch/x86/kvm/mmu/spte.c (v6.12). */
export function generation_mmio_spte_mask(gen: bigint): bigint {
  WARN_ON_ONCE((gen & ~MMIO_SPTE_GEN_MASK()) !== 0n);

  let mask = u64(gen << MMIO_SPTE_GEN_LOW_SHIFT()) & MMIO_SPTE_GEN_LOW_MASK();
  mask |= u64(gen << MMIO_SPTE_GEN_HIGH_SHIFT()) & MMIO_SPTE_GEN_HIGH_MASK();
  return mask;
}

/**
 * arch/x86/kvm/mmu/spte.c (v6.12). The mask takes the in-progress bit away: what is made while an
 * update is under way holds the number that was current before.
 */
export function make_mmio_spte(vcpu: kvm_vcpu, gfn: gfn_t, access: number): bigint {
  const gen = kvm_vcpu_memslots(vcpu).generation & MMIO_SPTE_GEN_MASK();
  let spte = generation_mmio_spte_mask(gen);
  const gpa = u64(gfn << PAGE_SHIFT);
  const mmio_value = vcpu.kvm!.arch.shadow_mmio_value;

  WARN_ON_ONCE(mmio_value === 0n);

  spte |= mmio_value | (BigInt(access) & shadow_mmio_access_mask());
  spte |= gpa | shadow_nonpresent_or_rsvd_mask();
  spte |= u64((gpa & shadow_nonpresent_or_rsvd_mask()) << SHADOW_NONPRESENT_OR_RSVD_MASK_LEN);

  return spte;
}

/**
 * arch/x86/kvm/mmu/spte.c (v6.12), of a leaf. Left out: large pages, the memory type, memory
 * encryption and access tracking, none of which changes which page an access reaches; the dirty
 * bitmap; and write protection of the guest's own tables, so that the answer would always be no.
 * Returns the new SPTE.
 */
export function make_spte(
  pte_access: number,
  pfn: kvm_pfn_t,
  old_spte: bigint,
  prefetch: boolean,
  host_writable: boolean,
): bigint {
  const m = masks();
  let spte = SPTE_MMU_PRESENT_MASK;

  spte |= m.shadow_present_mask;
  if (!prefetch) spte |= m.shadow_accessed_mask;

  if ((pte_access & ACC_EXEC_MASK) !== 0) spte |= m.shadow_x_mask;
  else spte |= m.shadow_nx_mask;

  if ((pte_access & ACC_USER_MASK) !== 0) spte |= m.shadow_user_mask;

  if (host_writable) spte |= m.shadow_host_writable_mask;
  else pte_access &= ~ACC_WRITE_MASK;

  spte |= u64(pfn << PAGE_SHIFT);

  if ((pte_access & ACC_WRITE_MASK) !== 0) {
    spte |= PT_WRITABLE_MASK | m.shadow_mmu_writable_mask;

    if (is_writable_pte(old_spte)) return spte;

    spte |= m.shadow_dirty_mask;
  }

  return spte;
}

/**
 * arch/x86/kvm/mmu/spte.c (v6.12). Left out: the page that it leads to, of which there is one, and
 * the bits for the processor, whose walk begins at the leaf here.
 */
export function make_nonleaf_spte(): bigint {
  return SPTE_MMU_PRESENT_MASK;
}

/**
 * arch/x86/kvm/mmu/spte.c (v6.12). Returns what it decides instead of storing it. Left out: the
 * module parameter, which is on; and the warnings, since no run exists when they would come. Their
 * consequence stays: nothing is cached.
 */
export function kvm_mmu_set_mmio_spte_mask(
  mmio_value: bigint,
  mmio_mask: bigint,
  access_mask: bigint,
): mmio_masks {
  if ((mmio_mask & ~SPTE_MMIO_ALLOWED_MASK) !== 0n) mmio_value = 0n;

  if (
    (mmio_value & u64(shadow_nonpresent_or_rsvd_mask() << SHADOW_NONPRESENT_OR_RSVD_MASK_LEN)) !==
    0n
  )
    mmio_value = 0n;

  if (
    (mmio_value & mmio_mask) !== mmio_value ||
    (mmio_value !== 0n && (FROZEN_SPTE & mmio_mask) === mmio_value)
  )
    mmio_value = 0n;

  return {
    enable_mmio_caching: mmio_value !== 0n,
    shadow_mmio_value: mmio_value,
    shadow_mmio_mask: mmio_mask,
    shadow_mmio_access_mask: access_mask,
  };
}

/**
 * arch/x86/kvm/mmu/spte.c (v6.12). Left out: the memory type, and processors without accessed and
 * dirty bits, on which KVM tracks accesses by taking entries away; no port does that.
 */
export function kvm_mmu_set_ept_masks(has_exec_only: boolean): pte_masks {
  return {
    shadow_user_mask: VMX_EPT_READABLE_MASK,
    shadow_accessed_mask: VMX_EPT_ACCESS_BIT,
    shadow_dirty_mask: VMX_EPT_DIRTY_BIT,
    shadow_nx_mask: 0n,
    shadow_x_mask: VMX_EPT_EXECUTABLE_MASK,
    shadow_present_mask: (has_exec_only ? 0n : VMX_EPT_READABLE_MASK) | VMX_EPT_SUPPRESS_VE_BIT,
    shadow_host_writable_mask: EPT_SPTE_HOST_WRITABLE,
    shadow_mmu_writable_mask: EPT_SPTE_MMU_WRITABLE,
    mmio: kvm_mmu_set_mmio_spte_mask(
      VMX_EPT_MISCONFIG_WX_VALUE,
      VMX_EPT_RWX_MASK | VMX_EPT_SUPPRESS_VE_BIT,
      0n,
    ),
  };
}

/**
 * arch/x86/kvm/mmu/spte.c (v6.12). With 52 address bits no bit is reserved, so no entry of the
 * table can be told from one of memory, and nothing is cached. Left out: as in
 * kvm_mmu_set_ept_masks().
 */
export function kvm_mmu_reset_all_pte_masks(): pte_masks {
  const mask = config().maxphyaddr < 52 ? (1n << 51n) | PT_PRESENT_MASK : 0n;

  return {
    shadow_user_mask: PT_USER_MASK,
    shadow_accessed_mask: PT_ACCESSED_MASK,
    shadow_dirty_mask: PT_DIRTY_MASK,
    shadow_nx_mask: PT64_NX_MASK,
    shadow_x_mask: 0n,
    shadow_present_mask: PT_PRESENT_MASK,
    shadow_host_writable_mask: DEFAULT_SPTE_HOST_WRITABLE,
    shadow_mmu_writable_mask: DEFAULT_SPTE_MMU_WRITABLE,
    mmio: kvm_mmu_set_mmio_spte_mask(mask, mask, BigInt(ACC_WRITE_MASK | ACC_USER_MASK)),
  };
}
