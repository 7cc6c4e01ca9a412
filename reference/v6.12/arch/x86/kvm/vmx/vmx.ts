// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/vmx/vmx.c and asm/vmx.h: which bits has an entry of EPT, and what happens when the
// processor finds one that makes no sense?

import type { kvm_vcpu } from '../../../../include/linux/kvm_host.ts';
import type { gpa_t } from '../../../../include/linux/kvm_types.ts';
import { kvm_mmu_page_fault } from '../mmu/mmu.ts';
import { PFERR_RSVD_MASK } from '../mmu.h.ts';

export const VMX_EPT_READABLE_MASK = 1n;
export const VMX_EPT_WRITABLE_MASK = 2n;
export const VMX_EPT_EXECUTABLE_MASK = 4n;
export const VMX_EPT_RWX_MASK = 7n;
/** Bit 8: the page was accessed. */
export const VMX_EPT_ACCESS_BIT = 0x100n;
/** Bit 9: the page was written. */
export const VMX_EPT_DIRTY_BIT = 0x200n;
/** Bit 63: no virtualisation exception. */
export const VMX_EPT_SUPPRESS_VE_BIT = 0x8000_0000_0000_0000n;
/** Write and execute without read: a misconfiguration. */
export const VMX_EPT_MISCONFIG_WX_VALUE = 6n;

/**
 * arch/x86/kvm/vmx/vmx.c (v6.12). Left out: the bus of devices that answer in the kernel, which is
 * asked before any slot; there is none here.
 */
export function handle_ept_misconfig(vcpu: kvm_vcpu, gpa: gpa_t): number {
  return kvm_mmu_page_fault(vcpu, gpa, PFERR_RSVD_MASK);
}
