// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu/mmu_internal.h: how does the handling of a page fault end?

/** Let the guest fault again. */
export const RET_PF_RETRY = 0;
/** A real MMIO fault: emulate the access. */
export const RET_PF_EMULATE = 1;
/** The SPTE is out of date: the full page fault path decides. */
export const RET_PF_INVALID = 2;
/** The SPTE was written. */
export const RET_PF_FIXED = 3;
/** The SPTE was right already. */
export const RET_PF_SPURIOUS = 4;

/** Bit 2 of what set_spte() returns: the entry holds the word already. */
export const SET_SPTE_SPURIOUS = 4;
