// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/vmx/vmx.c: how does an MMIO SPTE look under EPT, and where does a fault on it go?

import type { kvm_vcpu } from '../../../../include/linux/kvm_host.ts';
import type { gpa_t } from '../../../../include/linux/kvm_types.ts';
import { kvm_mmu_page_fault } from '../mmu/mmu.ts';
import { kvm_mmu_set_mmio_spte_mask, type mmio_spte_masks } from '../mmu/spte.ts';
import { PFERR_RSVD_MASK } from '../mmu.h.ts';

/** Bits 2 and 1 of an EPT entry without bit 0: write and execute without read. */
export const VMX_EPT_MISCONFIG_WX_VALUE = 6n;
/** Bit 0 of an EPT entry. */
export const VMX_EPT_READABLE_MASK = 1n;
/** Bit 2 of an EPT entry. */
export const VMX_EPT_EXECUTABLE_MASK = 4n;
/** Bit 8 of an EPT entry. */
export const VMX_EPT_ACCESS_BIT = 0x100n;
/** Bit 9 of an EPT entry. */
export const VMX_EPT_DIRTY_BIT = 0x200n;

/** arch/x86/kvm/vmx/vmx.c (v5.11). No bit of the access is kept: the guest's tables hold them. */
export function ept_set_mmio_spte_mask(): mmio_spte_masks {
  return kvm_mmu_set_mmio_spte_mask(VMX_EPT_MISCONFIG_WX_VALUE, 0n);
}

/**
 * arch/x86/kvm/vmx/vmx.c (v5.11). `gpa` is what the processor reports. Left out: writes that
 * devices of the kernel wait for (KVM_FAST_MMIO_BUS), since the guest of the model has no device.
 */
export function handle_ept_misconfig(vcpu: kvm_vcpu, gpa: gpa_t): number {
  return kvm_mmu_page_fault(vcpu, gpa, PFERR_RSVD_MASK);
}
