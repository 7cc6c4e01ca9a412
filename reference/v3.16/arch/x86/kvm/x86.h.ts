// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/x86.h: what does a vCPU remember of its last MMIO access, and when may it use it?

import { PAGE_MASK, PAGE_SHIFT } from '#linux/page';
import type { kvm_vcpu } from '../../../include/linux/kvm_host.ts';
import type { gfn_t, gpa_t, gva_t } from '../../../include/linux/kvm_types.ts';

/** arch/x86/kvm/x86.h (v3.16). */
export function vcpu_cache_mmio_info(vcpu: kvm_vcpu, gva: gva_t, gfn: gfn_t, access: number): void {
  vcpu.arch.mmio_gva = gva & PAGE_MASK;
  vcpu.arch.access = access;
  vcpu.arch.mmio_gfn = gfn;
}

/** arch/x86/kvm/x86.h (v3.16). An address of all ones clears whatever is cached. */
export function vcpu_clear_mmio_info(vcpu: kvm_vcpu, gva: gva_t): void {
  if (gva !== 0xffff_ffff_ffff_ffffn && vcpu.arch.mmio_gva !== (gva & PAGE_MASK)) return;

  vcpu.arch.mmio_gva = 0n;
}

/** arch/x86/kvm/x86.h (v3.16). */
export function vcpu_match_mmio_gva(vcpu: kvm_vcpu, gva: gva_t): boolean {
  if (vcpu.arch.mmio_gva !== 0n && vcpu.arch.mmio_gva === (gva & PAGE_MASK)) return true;

  return false;
}

/** arch/x86/kvm/x86.h (v3.16). */
export function vcpu_match_mmio_gpa(vcpu: kvm_vcpu, gpa: gpa_t): boolean {
  if (vcpu.arch.mmio_gfn !== 0n && vcpu.arch.mmio_gfn === gpa >> PAGE_SHIFT) return true;

  return false;
}
