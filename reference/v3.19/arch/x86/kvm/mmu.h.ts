// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu.h: which bits of a page table entry and of a page fault's error code have a
// meaning, and how does an MMIO fault end?

/** Bit 0 of an SPTE: present; under EPT: readable. */
export const PT_PRESENT_MASK = 1n;
/** Bit 1 of an SPTE. */
export const PT_WRITABLE_MASK = 2n;
/**
 * Bit 2 of an SPTE of shadow paging: open to guest user mode. Under EPT the bit means executable.
 */
export const PT_USER_MASK = 4n;
/** Bit 5 of an SPTE of shadow paging. */
export const PT_ACCESSED_MASK = 0x20n;
/** Bit 63 of an SPTE of shadow paging: not executable. */
export const PT64_NX_MASK = 0x8000_0000_0000_0000n;

/** Bit 1 of the error code: the access was a write. */
export const PFERR_WRITE_MASK = 2;
/** Bit 3 of the error code: a reserved bit was set in an entry. */
export const PFERR_RSVD_MASK = 8;
/** Bit 4 of the error code: the access was the fetch of an instruction. */
export const PFERR_FETCH_MASK = 16;

/** A real MMIO fault: emulate the access. */
export const RET_MMIO_PF_EMULATE = 1;
/** The SPTE is out of date: the full page fault path decides. */
export const RET_MMIO_PF_INVALID = 2;
/** The SPTE went away: let the guest fault again. */
export const RET_MMIO_PF_RETRY = 0;
/** The SPTE is none that KVM wrote. */
export const RET_MMIO_PF_BUG = -1;

/** arch/x86/kvm/mmu.h (v3.19). A u64 with bits `s` to `e` set, both included. */
export function rsvd_bits(s: number, e: number): bigint {
  return ((1n << BigInt(e - s + 1)) - 1n) << BigInt(s);
}

/**
 * arch/x86/kvm/mmu.h (v3.19). `pte_access` is 1 execute, 2 write; `pfec` the error code of the
 * access. C looks it up in a table: this is what that holds for the kernel of a guest that has
 * CR0.WP and EFER.NX set, and CR4.SMEP and CR4.SMAP clear. Left out: user mode and other settings.
 * Which of its accesses fault is between a guest and its processor, and says nothing of slots.
 */
export function permission_fault(pte_access: number, pfec: number): boolean {
  if ((pfec & PFERR_WRITE_MASK) !== 0 && (pte_access & 2) === 0) return true;
  return (pfec & PFERR_FETCH_MASK) !== 0 && (pte_access & 1) === 0;
}
