// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu/mmu_internal.h: what is known of a page fault, how does it end, and who handles
// it?

import { config } from '#linux/config';
import { PAGE_SHIFT } from '#linux/page';
import {
  KVM_HVA_ERR_BAD,
  KVM_PFN_ERR_FAULT,
  type kvm_memory_slot,
  type kvm_vcpu,
} from '../../../../include/linux/kvm_host.ts';
import type { gfn_t, gpa_t, kvm_pfn_t } from '../../../../include/linux/kvm_types.ts';
import { kvm_vcpu_gfn_to_memslot } from '../../../../virt/kvm/kvm_main.ts';
import {
  PFERR_PRESENT_MASK,
  PFERR_RSVD_MASK,
  PFERR_WRITE_MASK,
  tdp_mmu_enabled,
} from '../mmu.h.ts';
import { mmu_is_nested } from '../x86.h.ts';
import { kvm_tdp_page_fault, nonpaging_page_fault } from './mmu.ts';
import { ept_page_fault, paging64_page_fault } from './paging_tmpl.h.ts';

/** Go on handling the fault. */
export const RET_PF_CONTINUE = 0;
/** Let the guest fault again. */
export const RET_PF_RETRY = 1;
/** An MMIO fault: emulate the access. */
export const RET_PF_EMULATE = 2;
/** The gfn is write-protected. */
export const RET_PF_WRITE_PROTECTED = 3;
/** The SPTE is out of date: the full page fault path decides. */
export const RET_PF_INVALID = 4;
/** The entry was mended. */
export const RET_PF_FIXED = 5;
/** Somebody else had mended the entry. */
export const RET_PF_SPURIOUS = 6;

/**
 * struct kvm_page_fault, on the stack of the vCPU's thread. Left out: levels, private memory and
 * what the walk of the guest's tables found out.
 */
export interface kvm_page_fault {
  readonly addr: gpa_t;
  readonly error_code: number;
  readonly prefetch: boolean;
  readonly write: boolean;
  readonly present: boolean;
  readonly rsvd: boolean;
  readonly is_tdp: boolean;
  gfn: gfn_t;
  slot: kvm_memory_slot | null;
  mmu_seq: bigint;
  pfn: kvm_pfn_t;
  hva: bigint;
  map_writable: boolean;
}

/**
 * vcpu->arch.mmu->root_role.direct: the gfn of a fault is part of its address. A guest with page
 * tables of its own faults at an address that its table maps, and a guest of the guest at one that
 * its hypervisor's table maps.
 */
export function root_role_direct(vcpu: kvm_vcpu): boolean {
  return !mmu_is_nested(vcpu) && !config().guestPaging;
}

/**
 * Are the leaf entries of the VM part of the TDP MMU? In the kernel this is asked of each table;
 * here all vCPUs of a run use tables of one kind.
 */
export function is_tdp_mmu_page(): boolean {
  return tdp_mmu_enabled() && !config().nested;
}

/**
 * arch/x86/kvm/mmu/mmu_internal.h (v6.12). vcpu->arch.mmu->page_fault is chosen here: tables that
 * are followed have 64-bit entries (those of a guest, and of a hypervisor of AMD's), and others are
 * EPT's. Left out: private memory, levels and what the emulator is told.
 */
export function kvm_mmu_do_page_fault(
  vcpu: kvm_vcpu,
  cr2_or_gpa: gpa_t,
  err: number,
  prefetch: boolean,
): number {
  const direct = root_role_direct(vcpu);
  const fault: kvm_page_fault = {
    addr: cr2_or_gpa,
    error_code: err,
    prefetch,
    write: (err & PFERR_WRITE_MASK) !== 0,
    present: (err & PFERR_PRESENT_MASK) !== 0,
    rsvd: (err & PFERR_RSVD_MASK) !== 0,
    is_tdp: direct && tdp_mmu_enabled(),
    gfn: 0n,
    slot: null,
    mmu_seq: 0n,
    pfn: KVM_PFN_ERR_FAULT,
    hva: KVM_HVA_ERR_BAD,
    map_writable: false,
  };

  if (direct) {
    fault.gfn = fault.addr >> PAGE_SHIFT;
    fault.slot = kvm_vcpu_gfn_to_memslot(vcpu, fault.gfn);
  }

  if (fault.is_tdp) return kvm_tdp_page_fault(vcpu, fault);

  if (direct) return nonpaging_page_fault(vcpu, fault);

  return config().guestPaging ? paging64_page_fault(vcpu, fault) : ept_page_fault(vcpu, fault);
}
