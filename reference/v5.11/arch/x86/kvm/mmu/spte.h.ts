// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu/spte.h: which bits does an SPTE have, and what do they say? SPTEs and
// generations are u64.

import { GENMASK_ULL } from '#linux/bits';
import { config } from '#linux/config';
import { PAGE_SHIFT } from '#linux/page';
import type { kvm_pfn_t } from '../../../../include/linux/kvm_types.ts';

/** Bits 52 and 53: both are set in an MMIO SPTE, none in others of a processor with A/D bits. */
export const SPTE_SPECIAL_MASK = 0x0030_0000_0000_0000n;
export const SPTE_MMIO_MASK = 0x0030_0000_0000_0000n;

/** Bits 12..51: the address in an SPTE. */
export const PT64_BASE_ADDR_MASK = 0x000f_ffff_ffff_f000n;

/** Bits of an access: 1 execute, 2 write, 4 user. */
export const ACC_EXEC_MASK = 1;
export const ACC_WRITE_MASK = 2;
export const ACC_USER_MASK = 4;
export const ACC_ALL = 7;

/** Bit 10: the host may write the page. */
export const SPTE_HOST_WRITEABLE = 0x400n;
/** Bit 11: the MMU lets the guest write the page. */
export const SPTE_MMU_WRITEABLE = 0x800n;

export const PG_LEVEL_4K = 1;

/** The five highest bits of the address that must be ones in an entry that is not present. */
export const SHADOW_NONPRESENT_OR_RSVD_MASK_LEN = 5;

/** The low field of the generation begins at bit 3. */
export function MMIO_SPTE_GEN_LOW_START(): bigint {
  return 3n;
}

/** ... and ends at bit 11, unless the run narrows it. */
export function MMIO_SPTE_GEN_LOW_END(): bigint {
  const bits = config().generationBits;
  return bits === null ? 11n : MMIO_SPTE_GEN_LOW_START() + BigInt(bits.low) - 1n;
}

/** The high field of the generation begins at bit 54. */
export function MMIO_SPTE_GEN_HIGH_START(): bigint {
  return 54n;
}

/** ... and ends at bit 62, unless the run narrows it. */
export function MMIO_SPTE_GEN_HIGH_END(): bigint {
  const bits = config().generationBits;
  return bits === null ? 62n : MMIO_SPTE_GEN_HIGH_START() + BigInt(bits.high) - 1n;
}

export function MMIO_SPTE_GEN_LOW_MASK(): bigint {
  return GENMASK_ULL(MMIO_SPTE_GEN_LOW_END(), MMIO_SPTE_GEN_LOW_START());
}

export function MMIO_SPTE_GEN_HIGH_MASK(): bigint {
  return GENMASK_ULL(MMIO_SPTE_GEN_HIGH_END(), MMIO_SPTE_GEN_HIGH_START());
}

/** How many bits of the generation the low field holds: 9, unless the run narrows it. */
export function MMIO_SPTE_GEN_LOW_BITS(): bigint {
  return MMIO_SPTE_GEN_LOW_END() - MMIO_SPTE_GEN_LOW_START() + 1n;
}

/** How many bits of the generation the high field holds: 9, unless the run narrows it. */
export function MMIO_SPTE_GEN_HIGH_BITS(): bigint {
  return MMIO_SPTE_GEN_HIGH_END() - MMIO_SPTE_GEN_HIGH_START() + 1n;
}

/** How far bit 0 of the generation moves into the low field. */
export function MMIO_SPTE_GEN_LOW_SHIFT(): bigint {
  return MMIO_SPTE_GEN_LOW_START() - 0n;
}

/** The bits below the split are not stored again in the high field: they are shifted out. */
export function MMIO_SPTE_GEN_HIGH_SHIFT(): bigint {
  return MMIO_SPTE_GEN_HIGH_START() - MMIO_SPTE_GEN_LOW_BITS();
}

/** The bits of the memslots generation that an SPTE holds: 18, unless the run narrows it. */
export function MMIO_SPTE_GEN_MASK(): bigint {
  return GENMASK_ULL(MMIO_SPTE_GEN_LOW_BITS() + MMIO_SPTE_GEN_HIGH_BITS() - 1n, 0n);
}

/** arch/x86/kvm/mmu/spte.h (v5.11). */
export function is_mmio_spte(spte: bigint): boolean {
  return (spte & SPTE_SPECIAL_MASK) === SPTE_MMIO_MASK;
}

/** arch/x86/kvm/mmu/spte.h (v5.11). */
export function is_shadow_present_pte(pte: bigint): boolean {
  return pte !== 0n && !is_mmio_spte(pte);
}

/** arch/x86/kvm/mmu/spte.h (v5.11). Left out: large pages, which the model does not map. */
export function is_last_spte(_pte: bigint, level: number): boolean {
  if (level === PG_LEVEL_4K) return true;
  return false;
}

/** arch/x86/kvm/mmu/spte.h (v5.11). */
export function spte_to_pfn(pte: bigint): kvm_pfn_t {
  return (pte & PT64_BASE_ADDR_MASK) >> PAGE_SHIFT;
}

/** arch/x86/kvm/mmu/spte.h (v5.11). */
export function get_mmio_spte_generation(spte: bigint): bigint {
  let gen = (spte & MMIO_SPTE_GEN_LOW_MASK()) >> MMIO_SPTE_GEN_LOW_SHIFT();
  gen |= (spte & MMIO_SPTE_GEN_HIGH_MASK()) >> MMIO_SPTE_GEN_HIGH_SHIFT();
  return gen;
}
