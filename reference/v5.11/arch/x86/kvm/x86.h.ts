// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/x86.h: what does a vCPU remember of its last MMIO access, and when may it use it?

import { config } from '#linux/config';
import { PAGE_MASK, PAGE_SHIFT } from '#linux/page';
import {
  KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS,
  kvm_memslots,
  type kvm_vcpu,
} from '../../../include/linux/kvm_host.ts';
import type { gfn_t, gpa_t, gva_t } from '../../../include/linux/kvm_types.ts';

/**
 * arch/x86/kvm/x86.h (v5.11). The vCPU runs a guest of the guest that has page tables for its own
 * guest-physical addresses, which the address of a fault then is: a parameter of the run.
 */
export function mmu_is_nested(_vcpu: kvm_vcpu): boolean {
  return config().nested;
}

/**
 * arch/x86/kvm/x86.h (v5.11). While the memslots are being replaced nothing is kept, and what was
 * kept before stays. The number is that of address space 0, whatever mode the vCPU is in.
 */
export function vcpu_cache_mmio_info(vcpu: kvm_vcpu, gva: gva_t, gfn: gfn_t, access: number): void {
  const gen = kvm_memslots(vcpu.kvm!).generation;

  if ((gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS) !== 0n) return;

  vcpu.arch.mmio_gva = mmu_is_nested(vcpu) ? 0n : gva & PAGE_MASK;
  vcpu.arch.mmio_access = access;
  vcpu.arch.mmio_gfn = gfn;
  vcpu.arch.mmio_gen = gen;
}

/** arch/x86/kvm/x86.h (v5.11). Compares all 64 bits, so a number with the flag never equals one. */
export function vcpu_match_mmio_gen(vcpu: kvm_vcpu): boolean {
  return vcpu.arch.mmio_gen === kvm_memslots(vcpu.kvm!).generation;
}

/** All ones: vcpu_clear_mmio_info() clears whatever the address is. */
export const MMIO_GVA_ANY = 0xffff_ffff_ffff_ffffn;

/** arch/x86/kvm/x86.h (v5.11). */
export function vcpu_clear_mmio_info(vcpu: kvm_vcpu, gva: gva_t): void {
  if (gva !== MMIO_GVA_ANY && vcpu.arch.mmio_gva !== (gva & PAGE_MASK)) return;

  vcpu.arch.mmio_gva = 0n;
}

/** arch/x86/kvm/x86.h (v5.11). */
export function vcpu_match_mmio_gva(vcpu: kvm_vcpu, gva: gva_t): boolean {
  if (
    vcpu_match_mmio_gen(vcpu) &&
    vcpu.arch.mmio_gva !== 0n &&
    vcpu.arch.mmio_gva === (gva & PAGE_MASK)
  )
    return true;

  return false;
}

/** arch/x86/kvm/x86.h (v5.11). */
export function vcpu_match_mmio_gpa(vcpu: kvm_vcpu, gpa: gpa_t): boolean {
  if (
    vcpu_match_mmio_gen(vcpu) &&
    vcpu.arch.mmio_gfn !== 0n &&
    vcpu.arch.mmio_gfn === gpa >> PAGE_SHIFT
  )
    return true;

  return false;
}
