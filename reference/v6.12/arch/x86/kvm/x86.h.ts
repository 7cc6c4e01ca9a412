// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/x86.h: what does a vCPU remember of its last MMIO access, and when may it use it?

import { READ_ONCE } from '#linux/compiler';
import { PAGE_MASK, PAGE_SHIFT } from '#linux/page';
import {
  KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS,
  type kvm,
  type kvm_vcpu,
  kvm_vcpu_memslots,
} from '../../../include/linux/kvm_host.ts';
import type { gfn_t, gpa_t, gva_t } from '../../../include/linux/kvm_types.ts';
import { HF_GUEST_MASK } from '../include/asm/kvm_host.ts';

/**
 * arch/x86/kvm/x86.h (v6.12). The kernel compares vcpu->arch.walk_mmu; it is the nested one while a
 * guest of the guest runs whose hypervisor uses nested paging, which all of them do here.
 */
export function mmu_is_nested(vcpu: kvm_vcpu): boolean {
  return (vcpu.arch.hflags & HF_GUEST_MASK) !== 0;
}

/**
 * arch/x86/kvm/x86.h (v6.12). While an update is under way nothing is stored: what was there before
 * stays. The number is that of the address space that the vCPU lives in.
 */
export function vcpu_cache_mmio_info(vcpu: kvm_vcpu, gva: gva_t, gfn: gfn_t, access: number): void {
  const gen = kvm_vcpu_memslots(vcpu).generation;

  if ((gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS) !== 0n) return;

  vcpu.arch.mmio_gva = mmu_is_nested(vcpu) ? 0n : gva & PAGE_MASK;
  vcpu.arch.mmio_access = access;
  vcpu.arch.mmio_gfn = gfn;
  vcpu.arch.mmio_gen = gen;
}

/**
 * arch/x86/kvm/x86.h (v6.12). Compares all 64 bits, so a number in flux never equals one at rest,
 * and numbers of the two address spaces are never equal.
 */
export function vcpu_match_mmio_gen(vcpu: kvm_vcpu): boolean {
  return vcpu.arch.mmio_gen === kvm_vcpu_memslots(vcpu).generation;
}

/** All ones: vcpu_clear_mmio_info() clears whatever the address is. */
export const MMIO_GVA_ANY = 0xffff_ffff_ffff_ffffn;

/** arch/x86/kvm/x86.h (v6.12). */
export function vcpu_clear_mmio_info(vcpu: kvm_vcpu, gva: gva_t): void {
  if (gva !== MMIO_GVA_ANY && vcpu.arch.mmio_gva !== (gva & PAGE_MASK)) return;

  vcpu.arch.mmio_gva = 0n;
}

/** arch/x86/kvm/x86.h (v6.12). */
export function vcpu_match_mmio_gva(vcpu: kvm_vcpu, gva: gva_t): boolean {
  if (
    vcpu_match_mmio_gen(vcpu) &&
    vcpu.arch.mmio_gva !== 0n &&
    vcpu.arch.mmio_gva === (gva & PAGE_MASK)
  )
    return true;

  return false;
}

/** arch/x86/kvm/x86.h (v6.12). */
export function vcpu_match_mmio_gpa(vcpu: kvm_vcpu, gpa: gpa_t): boolean {
  if (
    vcpu_match_mmio_gen(vcpu) &&
    vcpu.arch.mmio_gfn !== 0n &&
    vcpu.arch.mmio_gfn === gpa >> PAGE_SHIFT
  )
    return true;

  return false;
}

/** arch/x86/kvm/x86.h (v6.12). True unless userspace has switched the quirk off. */
export function kvm_check_has_quirk(kvm: kvm, quirk: bigint): boolean {
  return (READ_ONCE(kvm.arch.$.disabled_quirks) & quirk) === 0n;
}
