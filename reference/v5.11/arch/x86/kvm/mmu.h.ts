// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu.h: which bits of a page table entry and of a page fault's error code have a
// meaning, and which handler gets a fault?

import { config, cpu_has_vmx_ept } from '#linux/config';
import type { kvm_vcpu } from '../../../include/linux/kvm_host.ts';
import type { gpa_t } from '../../../include/linux/kvm_types.ts';
import { kvm_tdp_page_fault, nonpaging_page_fault } from './mmu/mmu.ts';
import { paging64_page_fault } from './mmu/paging_tmpl.h.ts';

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
/** Bit 6 of an SPTE of shadow paging. */
export const PT_DIRTY_MASK = 0x40n;
/** Bit 63 of an SPTE of shadow paging: not executable. */
export const PT64_NX_MASK = 0x8000_0000_0000_0000n;

/** Bit 0 of the error code: there was an entry. */
export const PFERR_PRESENT_MASK = 1;
/** Bit 1 of the error code: the access was a write. */
export const PFERR_WRITE_MASK = 2;
/** Bit 3 of the error code: a reserved bit was set in an entry. */
export const PFERR_RSVD_MASK = 8;
/** Bit 4 of the error code: the access was the fetch of an instruction. */
export const PFERR_FETCH_MASK = 16;

/** arch/x86/kvm/mmu.h (v5.11). Bits `s`..`e` of 0..63, both included; none if e < s. */
export function rsvd_bits(s: number, e: number): bigint {
  if (e < s) return 0n;

  return ((2n << BigInt(e - s)) - 1n) << BigInt(s);
}

/**
 * arch/x86/kvm/mmu.h (v5.11). `pte_access` is 1 execute, 2 write; `pfec` the error code of the
 * access. Returns the error code of the guest's fault, of which bit 0 is kept; 0 if the access is
 * allowed. C looks it up in a table: this is what that holds for the kernel of a guest that has
 * CR0.WP and EFER.NX set, and CR4.SMEP, CR4.SMAP and CR4.PKE clear. Left out: user mode and other
 * settings. Which of its accesses fault is between a guest and its processor, and says nothing of
 * slots.
 */
export function permission_fault(pte_access: number, pfec: number): number {
  if ((pfec & PFERR_WRITE_MASK) !== 0 && (pte_access & 2) === 0) return PFERR_PRESENT_MASK;
  if ((pfec & PFERR_FETCH_MASK) !== 0 && (pte_access & 1) === 0) return PFERR_PRESENT_MASK;
  return 0;
}

/**
 * arch/x86/kvm/mmu.h (v5.11). vcpu->arch.mmu->page_fault is set once for a vCPU that does not
 * change its mode of paging: a function of the host here. The tables that KVM follows have 64-bit
 * entries: those of a guest, and of a hypervisor of AMD's.
 */
export function kvm_mmu_do_page_fault(
  vcpu: kvm_vcpu,
  cr2_or_gpa: gpa_t,
  err: number,
  prefault: boolean,
): number {
  if (config().guestPaging) return paging64_page_fault(vcpu, cr2_or_gpa, err, prefault);

  if (cpu_has_vmx_ept() || config().npt) return kvm_tdp_page_fault(vcpu, cr2_or_gpa, err, prefault);

  return nonpaging_page_fault(vcpu, cr2_or_gpa, err, prefault);
}
