// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/mmu/paging_tmpl.h: how is the fault of a guest of the guest handled?

import { PAGE_SHIFT } from '#linux/page';
import { write_lock, write_unlock } from '#linux/rwlock';
import type { kvm_vcpu } from '../../../../include/linux/kvm_host.ts';
import type { gfn_t, gpa_t } from '../../../../include/linux/kvm_types.ts';
import { kvm_vcpu_gfn_to_memslot } from '../../../../virt/kvm/kvm_main.ts';
import { is_page_fault_stale, kvm_faultin_pfn, mmu_set_spte, shadow_walk_init } from './mmu.ts';
import { type kvm_page_fault, RET_PF_CONTINUE, RET_PF_RETRY } from './mmu_internal.h.ts';
import { ACC_ALL } from './spte.h.ts';

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v6.12). Left out: reading the table of the guest's hypervisor,
 * which maps each page to the page of the same number, with all rights, and never changes.
 */
export function ept_walk_addr(_vcpu: kvm_vcpu, addr: gpa_t): gfn_t {
  return addr >> PAGE_SHIFT;
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v6.12). Left out: upper levels, which are always present here;
 * whether the table of the hypervisor has changed since, as it never does; and prefetching of
 * neighbours, which only makes the same entries earlier.
 */
export function ept_fetch(vcpu: kvm_vcpu, fault: kvm_page_fault): number {
  const sptep = shadow_walk_init(vcpu, fault.addr)!;

  return mmu_set_spte(vcpu, fault.slot, sptep, ACC_ALL, fault.gfn, fault.pfn, fault);
}

/**
 * arch/x86/kvm/mmu/paging_tmpl.h (v6.12). Left out: topping up caches of memory, the limit on
 * shadow pages, and a write to a page that is write-protected: none is.
 */
export function ept_page_fault(vcpu: kvm_vcpu, fault: kvm_page_fault): number {
  fault.gfn = ept_walk_addr(vcpu, fault.addr);
  fault.slot = kvm_vcpu_gfn_to_memslot(vcpu, fault.gfn);

  let r = kvm_faultin_pfn(vcpu, fault, ACC_ALL);
  if (r !== RET_PF_CONTINUE) return r;

  r = RET_PF_RETRY;
  write_lock(vcpu.kvm!.mmu_lock);

  if (!is_page_fault_stale(vcpu, fault)) r = ept_fetch(vcpu, fault);

  write_unlock(vcpu.kvm!.mmu_lock);

  return r;
}
