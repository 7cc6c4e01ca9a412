// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu.h: which bits of a page table entry and of a page fault's error code have a
// meaning, and which handler gets a fault?

import { config, cpu_has_vmx_ept } from '#linux/config';
import type { kvm_vcpu } from '../../../include/linux/kvm_host.ts';
import type { gpa_t } from '../../../include/linux/kvm_types.ts';
import { kvm_tdp_page_fault, nonpaging_page_fault } from './mmu/mmu.ts';

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

/** Bit 1 of the error code: the access was a write. */
export const PFERR_WRITE_MASK = 2;
/** Bit 3 of the error code: a reserved bit was set in an entry. */
export const PFERR_RSVD_MASK = 8;

/** arch/x86/kvm/mmu.h (v5.11). Bits `s`..`e` of 0..63, both included; none if e < s. */
export function rsvd_bits(s: number, e: number): bigint {
  if (e < s) return 0n;

  return ((2n << BigInt(e - s)) - 1n) << BigInt(s);
}

/**
 * arch/x86/kvm/mmu.h (v5.11). vcpu->arch.mmu->page_fault is set once for a vCPU that does not
 * change its mode of paging: a function of the host here.
 */
export function kvm_mmu_do_page_fault(
  vcpu: kvm_vcpu,
  cr2_or_gpa: gpa_t,
  err: number,
  prefault: boolean,
): number {
  if (cpu_has_vmx_ept() || config().npt) return kvm_tdp_page_fault(vcpu, cr2_or_gpa, err, prefault);

  return nonpaging_page_fault(vcpu, cr2_or_gpa, err, prefault);
}
