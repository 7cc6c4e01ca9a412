// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/include/asm/kvm_host.h: what does x86 add to the VM and to the vCPU?

import { config } from '#linux/config';
import { fault_attr } from '#linux/fault-inject';
import { guarded_by } from '#linux/lock';
import { pte_entries, pteval_t } from '#linux/pgtable';
import { array, type Of, pointer, struct, together, u32, u64, ulong } from '#linux/struct';

/** How many slots userspace may use: 125 in the kernel, a parameter of the run here. */
export function KVM_USER_MEM_SLOTS(): number {
  return config().userMemSlots;
}

/** How many more slots KVM keeps for itself: 3 in the kernel, a parameter of the run here. */
export function KVM_PRIVATE_MEM_SLOTS(): number {
  return config().privateMemSlots;
}

/**
 * What a `u64 *sptep` points to: one leaf entry of the table that the hardware walks. mmu_lock
 * orders its writers (Documentation/virtual/kvm/locking.txt); both walks read without it.
 */
export const spte_t = struct('spte_t', { val: guarded_by(pteval_t, 'mmu_lock') });
export type spte_t = Of<typeof spte_t>;

/**
 * Left out: shadow pages, their levels, roots and hash. One table maps the VM, with a leaf entry
 * for each gfn of the scenario: upper levels only decide whether a leaf can be reached, and a leaf
 * that cannot be reached behaves like an empty one. `fail_prepare` stands for the mmap() that can
 * fail in kvm_arch_prepare_memory_region().
 */
export const kvm_arch = struct('kvm_arch', {
  spt: array((world) => pte_entries(world), spte_t),
  fail_prepare: fault_attr,
});

/** One block of the memory that a slot owns. Nothing in the model is found by it. */
export const rmap = struct('rmap', { head: ulong });

/**
 * Left out: the blocks for large pages and lpage_info, which are allocated and freed like this one.
 */
export const kvm_arch_memory_slot = struct('kvm_arch_memory_slot', {
  rmap: together(pointer(() => rmap)),
});

/** The MMIO cache of a vCPU; all else of a vCPU cannot be seen by a read of guest memory. */
export const kvm_vcpu_arch = struct('kvm_vcpu_arch', {
  mmio_gva: u64,
  access: u32,
  mmio_gfn: u64,
});

/** `pf_fixed` counts faults that ended with an SPTE being written. */
export const kvm_vcpu_stat = struct('kvm_vcpu_stat', { pf_fixed: u32 });
