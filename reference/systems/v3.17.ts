// SPDX-License-Identifier: GPL-2.0-only
// The system under test of v3.17: its port behind the interface that suites drive.

import type { SystemUnderTest } from '#vocabulary';
import { kvm_userspace_memory_region } from '../v3.16/include/uapi/linux/kvm.ts';
import { spte_t } from '../v3.17/arch/x86/include/asm/kvm_host.ts';
import { kvm_lapic } from '../v3.17/arch/x86/kvm/lapic.h.ts';
import * as mmu from '../v3.17/arch/x86/kvm/mmu.ts';
import { paging64_page_fault } from '../v3.17/arch/x86/kvm/paging_tmpl.h.ts';
import * as x86_h from '../v3.17/arch/x86/kvm/x86.h.ts';
import { kvm_arch_vcpu_ioctl, kvm_set_cr3, vcpu_enter_guest } from '../v3.17/arch/x86/kvm/x86.ts';
import {
  is_error_pfn,
  is_noslot_pfn,
  kvm_is_error_hva,
  kvm_memory_slot,
  kvm_vcpu,
} from '../v3.17/include/linux/kvm_host.ts';
import {
  __gfn_to_hva_many,
  cmp_memslot,
  gfn_to_hva,
  gfn_to_memslot,
  kvm_create_vm,
  kvm_destroy_vm,
  kvm_gfn_to_hva_cache_init,
  kvm_read_guest_cached,
  kvm_set_memory_region,
  kvm_vm_ioctl_set_memory_region,
  kvm_write_guest_cached,
} from '../v3.17/virt/kvm/kvm_main.ts';
import { arrayEra } from './fixed-array-era.ts';
import { machine } from './machine.ts';

export const system: SystemUnderTest = machine(
  arrayEra({
    ...mmu,
    ...x86_h,
    era: 'v3.17',
    kvm_userspace_memory_region,
    kvm_vcpu,
    spte_t,
    kvm_create_vm,
    kvm_destroy_vm,
    kvm_vm_ioctl_set_memory_region,
    gfn_to_memslot,
    __gfn_to_hva_many,
    kvm_is_error_hva,
    vcpu_enter_guest,
    gfn_to_hva,
    kvm_set_memory_region,
    kvm_memory_slot,
    cmp_memslot,
    is_error_pfn,
    is_noslot_pfn,
    kvm_lapic,
    kvm_arch_vcpu_ioctl,
    kvm_gfn_to_hva_cache_init,
    kvm_read_guest_cached,
    kvm_write_guest_cached,
    shadowed: { ...mmu, paging64_page_fault, kvm_set_cr3 },
  }),
);
