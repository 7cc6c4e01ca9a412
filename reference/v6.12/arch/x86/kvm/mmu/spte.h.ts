// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu/spte.h: where in an SPTE does each field lie, and what does an SPTE say? SPTEs
// are u64 words.

import { WARN_ON_ONCE } from '#linux/bug';
import { config, cpu_has_vmx_ept } from '#linux/config';
import { PAGE_SHIFT } from '#linux/page';
import type { kvm } from '../../../../include/linux/kvm_host.ts';
import type { kvm_pfn_t } from '../../../../include/linux/kvm_types.ts';
import { PT_WRITABLE_MASK } from '../mmu.h.ts';
import {
  enable_mmio_caching,
  rsvd_bits,
  shadow_host_writable_mask,
  shadow_mmio_mask,
  shadow_mmu_writable_mask,
} from './spte.ts';

/** Bit 11: the SPTE maps memory, whatever the processor thinks of it. */
export const SPTE_MMU_PRESENT_MASK = 0x800n;

/** Bits 12..51: the address in an SPTE. */
export const SPTE_BASE_ADDR_MASK = 0x000f_ffff_ffff_f000n;

/** Bits of an access: 1 execute, 2 write, 4 user. */
export const ACC_EXEC_MASK = 1;
export const ACC_WRITE_MASK = 2;
export const ACC_USER_MASK = 4;
export const ACC_ALL = 7;

/** Bit 9, where the host may write the page, and bit 10, where the MMU lets the guest write it. */
export const DEFAULT_SPTE_HOST_WRITABLE = 0x200n;
export const DEFAULT_SPTE_MMU_WRITABLE = 0x400n;
/** Bits 57 and 58 say the same under EPT. */
export const EPT_SPTE_HOST_WRITABLE = 1n << 57n;
export const EPT_SPTE_MMU_WRITABLE = 1n << 58n;

/** SPTE bits 3..10 hold generation bits 0..7, unless the run narrows them. */
export const MMIO_SPTE_GEN_LOW_START = 3;

export function MMIO_SPTE_GEN_LOW_END(): number {
  return MMIO_SPTE_GEN_LOW_START + (config().generationBits?.low ?? 8) - 1;
}

/** SPTE bits 52..62 hold generation bits 8..18, unless the run narrows them. */
export const MMIO_SPTE_GEN_HIGH_START = 52;

export function MMIO_SPTE_GEN_HIGH_END(): number {
  return MMIO_SPTE_GEN_HIGH_START + (config().generationBits?.high ?? 11) - 1;
}

export function MMIO_SPTE_GEN_LOW_MASK(): bigint {
  return rsvd_bits(MMIO_SPTE_GEN_LOW_START, MMIO_SPTE_GEN_LOW_END());
}

export function MMIO_SPTE_GEN_HIGH_MASK(): bigint {
  return rsvd_bits(MMIO_SPTE_GEN_HIGH_START, MMIO_SPTE_GEN_HIGH_END());
}

/** What an MMIO mask may have: bits 63, 12..51 and 0..2. */
export const SPTE_MMIO_ALLOWED_MASK = 0x800f_ffff_ffff_f007n;

export function MMIO_SPTE_GEN_LOW_BITS(): number {
  return MMIO_SPTE_GEN_LOW_END() - MMIO_SPTE_GEN_LOW_START + 1;
}

export function MMIO_SPTE_GEN_HIGH_BITS(): number {
  return MMIO_SPTE_GEN_HIGH_END() - MMIO_SPTE_GEN_HIGH_START + 1;
}

export function MMIO_SPTE_GEN_LOW_SHIFT(): bigint {
  return BigInt(MMIO_SPTE_GEN_LOW_START);
}

/** The low bits lie elsewhere, so the high field takes the number shifted by their count less. */
export function MMIO_SPTE_GEN_HIGH_SHIFT(): bigint {
  return BigInt(MMIO_SPTE_GEN_HIGH_START - MMIO_SPTE_GEN_LOW_BITS());
}

/** All bits of the generation that an SPTE holds: 19, unless the run narrows them. */
export function MMIO_SPTE_GEN_MASK(): bigint {
  return rsvd_bits(0, MMIO_SPTE_GEN_LOW_BITS() + MMIO_SPTE_GEN_HIGH_BITS() - 1);
}

/** Bit 63: an empty entry. It keeps a processor with virtualisation exceptions from raising one. */
export const SHADOW_NONPRESENT_VALUE = 0x8000_0000_0000_0000n;

/** How many address bits are given up against the L1 terminal fault. */
export const SHADOW_NONPRESENT_OR_RSVD_MASK_LEN = 5n;

/** An entry of a table that is being taken away: nobody may write it. */
export const FROZEN_SPTE = SHADOW_NONPRESENT_VALUE | 0x5a0n;

/** arch/x86/kvm/mmu/spte.h (v6.12). */
export function is_frozen_spte(spte: bigint): boolean {
  return spte === FROZEN_SPTE;
}

/** arch/x86/kvm/mmu/spte.h (v6.12). */
export function is_mmio_spte(kvm: kvm, spte: bigint): boolean {
  return (spte & shadow_mmio_mask()) === kvm.arch.shadow_mmio_value && enable_mmio_caching();
}

/** arch/x86/kvm/mmu/spte.h (v6.12). */
export function is_shadow_present_pte(pte: bigint): boolean {
  return (pte & SPTE_MMU_PRESENT_MASK) !== 0n;
}

/** arch/x86/kvm/mmu/spte.h (v6.12). */
export function spte_to_pfn(pte: bigint): kvm_pfn_t {
  return (pte & SPTE_BASE_ADDR_MASK) >> PAGE_SHIFT;
}

/**
 * arch/x86/kvm/mmu/spte.h (v6.12), with the masks of reset_tdp_shadow_zero_bits_mask(): has a leaf
 * bits that the processor refuses? Left out: the memory type, which is not stored.
 */
export function is_rsvd_spte(spte: bigint): boolean {
  const rights = spte & 7n;
  if (cpu_has_vmx_ept() && (rights === 2n || rights === 6n)) return true;

  return (spte & rsvd_bits(config().maxphyaddr, 51)) !== 0n;
}

/** arch/x86/kvm/mmu/spte.h (v6.12). */
export function is_writable_pte(pte: bigint): boolean {
  return (pte & PT_WRITABLE_MASK) !== 0n;
}

/** arch/x86/kvm/mmu/spte.h (v6.12). */
export function is_mmu_writable_spte(spte: bigint): boolean {
  return (spte & shadow_mmu_writable_mask()) !== 0n;
}

/** arch/x86/kvm/mmu/spte.h (v6.12). Of a present SPTE. */
export function check_spte_writable_invariants(spte: bigint): void {
  if (is_mmu_writable_spte(spte)) WARN_ON_ONCE((spte & shadow_host_writable_mask()) === 0n);
  else WARN_ON_ONCE(is_writable_pte(spte));
}

/** arch/x86/kvm/mmu/spte.h (v6.12). */
export function get_mmio_spte_generation(spte: bigint): bigint {
  let gen = (spte & MMIO_SPTE_GEN_LOW_MASK()) >> MMIO_SPTE_GEN_LOW_SHIFT();
  gen |= (spte & MMIO_SPTE_GEN_HIGH_MASK()) >> MMIO_SPTE_GEN_HIGH_SHIFT();
  return gen;
}
