// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu.h: which bits of a page table entry have a meaning, which MMU serves a VM, and
// which gfns can the host's tables hold?

import { smp_load_acquire } from '#linux/barrier';
import { config, cpu_has_vmx_ept } from '#linux/config';
import { PAGE_SHIFT } from '#linux/page';
import type { kvm } from '../../../include/linux/kvm_host.ts';
import type { gfn_t } from '../../../include/linux/kvm_types.ts';

/** Bit 0 of an SPTE: present; under EPT: readable. */
export const PT_PRESENT_MASK = 1n;
/** Bit 1 of an SPTE. */
export const PT_WRITABLE_MASK = 2n;
/** Bit 2 of an SPTE of shadow paging and NPT: open to user mode. */
export const PT_USER_MASK = 4n;
/** Bit 5 of an SPTE of shadow paging and NPT. */
export const PT_ACCESSED_MASK = 0x20n;
/** Bit 6 of an SPTE of shadow paging and NPT. */
export const PT_DIRTY_MASK = 0x40n;
/** Bit 63 of an SPTE of shadow paging and NPT: not executable. */
export const PT64_NX_MASK = 0x8000_0000_0000_0000n;

/** Bit 0 of the error code: there was an entry. */
export const PFERR_PRESENT_MASK = 1;
/** Bit 1 of the error code: the access was a write. */
export const PFERR_WRITE_MASK = 2;
/** Bit 3 of the error code: a reserved bit was set in an entry. */
export const PFERR_RSVD_MASK = 8;

/** Bit 4 of the error code: the access was the fetch of an instruction. */
export const PFERR_FETCH_MASK = 16;

/** The processor walks a second table by itself. Set once when the module is loaded. */
export function tdp_enabled(): boolean {
  return cpu_has_vmx_ept() || config().npt;
}

/** The TDP MMU serves such VMs: `tdp_mmu` is on by default. Set once when the module is loaded. */
export function tdp_mmu_enabled(): boolean {
  return tdp_enabled();
}

/**
 * arch/x86/kvm/mmu.h (v6.12). `pte_access` is 1 execute, 2 write; `access` the error code. Returns
 * the error code of the guest's fault, of which bit 0 is kept; 0 if the access is allowed. C looks
 * it up in a table: this is what that holds for the kernel of a guest that has CR0.WP and EFER.NX
 * set, and CR4.SMEP, CR4.SMAP and CR4.PKE clear. Left out: user mode and other settings. Which of
 * its accesses fault is between a guest and its processor, and says nothing of slots.
 */
export function permission_fault(pte_access: number, access: number): number {
  if ((access & PFERR_WRITE_MASK) !== 0 && (pte_access & 2) === 0) return PFERR_PRESENT_MASK;
  if ((access & PFERR_FETCH_MASK) !== 0 && (pte_access & 1) === 0) return PFERR_PRESENT_MASK;
  return 0;
}

/**
 * arch/x86/kvm/mmu.h (v6.12). The largest gfn that the host's own tables can hold. The guest's
 * physical addresses are as wide as the host's here.
 */
export function kvm_mmu_max_gfn(): gfn_t {
  const max_gpa_bits = tdp_enabled() ? BigInt(config().maxphyaddr) : 52n;

  return (1n << (max_gpa_bits - PAGE_SHIFT)) - 1n;
}

/** arch/x86/kvm/mmu.h (v6.12). */
export function kvm_shadow_root_allocated(kvm: kvm): boolean {
  return smp_load_acquire(kvm.arch.$.shadow_root_allocated) !== 0;
}

/** arch/x86/kvm/mmu.h (v6.12). Without the TDP MMU every slot has its rmap from the start. */
export function kvm_memslots_have_rmaps(kvm: kvm): boolean {
  return !tdp_mmu_enabled() || kvm_shadow_root_allocated(kvm);
}
