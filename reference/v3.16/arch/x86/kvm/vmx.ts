// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/vmx.c: how does an MMIO SPTE look under EPT?

/**
 * arch/x86/kvm/vmx.c (v3.16). Write and execute without read is an EPT misconfiguration; bits 62
 * and 63 make the SPTE easy to tell. Returns the mask instead of handing it to
 * kvm_mmu_set_mmio_spte_mask(), for the reason given at kvm_set_mmio_spte_mask().
 */
export function ept_set_mmio_spte_mask(): bigint {
  return (0x3n << 62n) | 0x6n;
}
