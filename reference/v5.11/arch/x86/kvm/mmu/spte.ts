// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu/spte.c: how is an SPTE made? The masks that the kernel sets when the module is
// loaded are functions of the host here: nothing writes them while a VM exists.

import { GENMASK_ULL } from '#linux/bits';
import { BUG_ON, WARN_ON } from '#linux/bug';
import { config, cpu_has_vmx_ept } from '#linux/config';
import { PAGE_SHIFT } from '#linux/page';
import { u32, u64 } from '#linux/types';
import { type kvm_vcpu, kvm_vcpu_memslots } from '../../../../include/linux/kvm_host.ts';
import type { gfn_t, kvm_pfn_t } from '../../../../include/linux/kvm_types.ts';
import {
  PT_ACCESSED_MASK,
  PT_DIRTY_MASK,
  PT_PRESENT_MASK,
  PT_USER_MASK,
  PT_WRITABLE_MASK,
  PT64_NX_MASK,
  rsvd_bits,
} from '../mmu.h.ts';
import {
  ept_set_mmio_spte_mask,
  VMX_EPT_ACCESS_BIT,
  VMX_EPT_DIRTY_BIT,
  VMX_EPT_EXECUTABLE_MASK,
  VMX_EPT_READABLE_MASK,
} from '../vmx/vmx.ts';
import { kvm_set_mmio_spte_mask } from './mmu.ts';
import {
  ACC_EXEC_MASK,
  ACC_USER_MASK,
  ACC_WRITE_MASK,
  MMIO_SPTE_GEN_HIGH_MASK,
  MMIO_SPTE_GEN_HIGH_SHIFT,
  MMIO_SPTE_GEN_LOW_MASK,
  MMIO_SPTE_GEN_LOW_SHIFT,
  MMIO_SPTE_GEN_MASK,
  SHADOW_NONPRESENT_OR_RSVD_MASK_LEN,
  SPTE_HOST_WRITEABLE,
  SPTE_MMIO_MASK,
  SPTE_MMU_WRITEABLE,
} from './spte.h.ts';

/** One of the masks of kvm_mmu_set_mask_ptes(). */
function shadow_nx_mask(): bigint {
  return cpu_has_vmx_ept() ? 0n : PT64_NX_MASK;
}

/** One of the masks of kvm_mmu_set_mask_ptes(). */
function shadow_x_mask(): bigint {
  return cpu_has_vmx_ept() ? VMX_EPT_EXECUTABLE_MASK : 0n;
}

/** One of the masks of kvm_mmu_set_mask_ptes(). */
function shadow_user_mask(): bigint {
  return cpu_has_vmx_ept() ? VMX_EPT_READABLE_MASK : PT_USER_MASK;
}

/**
 * One of the masks of kvm_mmu_set_mask_ptes(). EPT is taken as one with accessed and dirty bits.
 */
function shadow_accessed_mask(): bigint {
  return cpu_has_vmx_ept() ? VMX_EPT_ACCESS_BIT : PT_ACCESSED_MASK;
}

/** One of the masks of kvm_mmu_set_mask_ptes(). */
function shadow_dirty_mask(): bigint {
  return cpu_has_vmx_ept() ? VMX_EPT_DIRTY_BIT : PT_DIRTY_MASK;
}

/**
 * One of the masks of kvm_mmu_set_mask_ptes(). EPT is taken as one that cannot execute what it
 * cannot read.
 */
function shadow_present_mask(): bigint {
  return cpu_has_vmx_ept() ? VMX_EPT_READABLE_MASK : PT_PRESENT_MASK;
}

/**
 * Bits of an MMIO SPTE that do not depend on the access: what kvm_mmu_set_mmio_spte_mask() sets.
 */
export interface mmio_spte_masks {
  readonly shadow_mmio_value: bigint;
  readonly shadow_mmio_access_mask: bigint;
}

function mmio_masks(): mmio_spte_masks {
  return cpu_has_vmx_ept() ? ept_set_mmio_spte_mask() : kvm_set_mmio_spte_mask();
}

/** What every MMIO SPTE has: bits 52, 53 and those that make the processor fault. */
export function shadow_mmio_value(): bigint {
  return mmio_masks().shadow_mmio_value;
}

/** The bits of the access that an MMIO SPTE keeps. */
export function shadow_mmio_access_mask(): number {
  return Number(mmio_masks().shadow_mmio_access_mask);
}

/**
 * boot_cpu_data.x86_cache_bits: with how many address bits the L1 cache works. The processors that
 * leak its contents have 44 at least (arch/x86/kernel/cpu/bugs.c).
 */
function x86_cache_bits(): number {
  return Math.max(44, config().maxphyaddr);
}

/**
 * One of the masks of kvm_mmu_reset_all_pte_masks(): what an entry that is not present must have
 * set, so that a processor that looks it up in its L1 cache all the same finds no memory there.
 * Zero where there are too many address bits for five more. (The kernel warns of that when it is
 * loaded, before there is a VM.)
 */
export function shadow_nonpresent_or_rsvd_mask(): bigint {
  if (!config().l1tf || x86_cache_bits() >= 52 - SHADOW_NONPRESENT_OR_RSVD_MASK_LEN) return 0n;

  return rsvd_bits(x86_cache_bits() - SHADOW_NONPRESENT_OR_RSVD_MASK_LEN, x86_cache_bits() - 1);
}

/** One of the masks of kvm_mmu_reset_all_pte_masks(): where the rest of a gfn lies. */
export function shadow_nonpresent_or_rsvd_lower_gfn_mask(): bigint {
  let low_phys_bits = config().maxphyaddr;
  if (shadow_nonpresent_or_rsvd_mask() !== 0n)
    low_phys_bits = x86_cache_bits() - SHADOW_NONPRESENT_OR_RSVD_MASK_LEN;

  return GENMASK_ULL(BigInt(low_phys_bits - 1), PAGE_SHIFT);
}

/** arch/x86/kvm/mmu/spte.c (v5.11). */
export function generation_mmio_spte_mask(gen: bigint): bigint {
  WARN_ON((gen & ~MMIO_SPTE_GEN_MASK()) !== 0n);

  let mask = u64(gen << MMIO_SPTE_GEN_LOW_SHIFT()) & MMIO_SPTE_GEN_LOW_MASK();
  mask |= u64(gen << MMIO_SPTE_GEN_HIGH_SHIFT()) & MMIO_SPTE_GEN_HIGH_MASK();
  return mask;
}

/**
 * arch/x86/kvm/mmu/spte.c (v5.11). The flag of an update in progress is masked away: what is made
 * meanwhile holds the number before it.
 */
export function make_mmio_spte(vcpu: kvm_vcpu, gfn: gfn_t, access: number): bigint {
  const gen = kvm_vcpu_memslots(vcpu).generation & MMIO_SPTE_GEN_MASK();
  let mask = generation_mmio_spte_mask(gen);
  const gpa = u64(gfn << PAGE_SHIFT);

  access &= shadow_mmio_access_mask();
  mask |= shadow_mmio_value() | BigInt(access);
  mask |= gpa | shadow_nonpresent_or_rsvd_mask();
  mask |= (gpa & shadow_nonpresent_or_rsvd_mask()) << BigInt(SHADOW_NONPRESENT_OR_RSVD_MASK_LEN);

  return mask;
}

/**
 * arch/x86/kvm/mmu/spte.c (v5.11). Returns the SPTE. Left out: the levels and marks of nested
 * guests and of processors without accessed bits; memory type and encryption; write protection of
 * guest page tables and of logged slots: none of them changes which page a read reaches. The old
 * entry is asked for that write protection only.
 */
export function make_spte(
  _vcpu: kvm_vcpu,
  pte_access: number,
  _gfn: gfn_t,
  pfn: kvm_pfn_t,
  speculative: boolean,
  host_writable: boolean,
): bigint {
  let spte = shadow_present_mask();
  if (!speculative) spte |= shadow_accessed_mask();

  if ((pte_access & ACC_EXEC_MASK) !== 0) spte |= shadow_x_mask();
  else spte |= shadow_nx_mask();

  if ((pte_access & ACC_USER_MASK) !== 0) spte |= shadow_user_mask();

  if (host_writable) spte |= SPTE_HOST_WRITEABLE;
  else pte_access &= ~ACC_WRITE_MASK;

  spte |= pfn << PAGE_SHIFT;

  if ((pte_access & ACC_WRITE_MASK) !== 0) spte |= PT_WRITABLE_MASK | SPTE_MMU_WRITEABLE;

  if ((pte_access & ACC_WRITE_MASK) !== 0) spte |= shadow_dirty_mask();

  if (speculative) spte = mark_spte_for_access_track(spte);

  return spte;
}

/**
 * arch/x86/kvm/mmu/spte.c (v5.11). Left out: the page that it leads to, of which there is one, and
 * the bits for the processor, whose walk begins at the leaf here.
 */
export function make_nonleaf_spte(): bigint {
  return shadow_present_mask();
}

/** arch/x86/kvm/mmu/spte.c (v5.11), for a processor with accessed bits. */
export function mark_spte_for_access_track(spte: bigint): bigint {
  return spte & ~shadow_accessed_mask();
}

/**
 * arch/x86/kvm/mmu/spte.c (v5.11). Returns what the kernel sets once, before the first VM, so that
 * it is a function of the host.
 */
export function kvm_mmu_set_mmio_spte_mask(
  mmio_value: bigint,
  access_mask: bigint,
): mmio_spte_masks {
  const len = BigInt(SHADOW_NONPRESENT_OR_RSVD_MASK_LEN);
  BUG_ON(BigInt(u32(access_mask)) !== access_mask);
  WARN_ON((mmio_value & (shadow_nonpresent_or_rsvd_mask() << len)) !== 0n);
  WARN_ON((mmio_value & shadow_nonpresent_or_rsvd_lower_gfn_mask()) !== 0n);
  return {
    shadow_mmio_value: mmio_value | SPTE_MMIO_MASK,
    shadow_mmio_access_mask: access_mask,
  };
}
