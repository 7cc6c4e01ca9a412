// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/include/asm/kvm_host.h: what does x86 add to the VM and to the vCPU?

import { config } from '#linux/config';
import { fault_attr } from '#linux/fault-inject';
import { guarded_by } from '#linux/lock';
import { guest_tables, pte_entries, pteval_t } from '#linux/pgtable';
import { apart, array, type Of, pointer, struct, together, u32, u64, ulong } from '#linux/struct';

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
 * struct kvm_mmu_page: what KVM knows of the page that shadows a leaf page table of the guest. Its
 * entries are kvm_arch.spt. `gfns` says which gfn each entry maps, where that is RAM. Left out:
 * lists, hash and role, as there is one such page, its guest page never moves, and the guest never
 * changes its paging mode; and unsync_children, which tells the levels above what `unsync` says.
 */
export const kvm_mmu_page = struct('kvm_mmu_page', {
  unsync: guarded_by(apart(u32), 'mmu_lock'),
  gfns: array((world) => pte_entries(world), guarded_by(apart(u64), 'mmu_lock')),
});
export type kvm_mmu_page = Of<typeof kvm_mmu_page>;

/**
 * Left out: levels, roots and hash of shadow pages. One table maps the VM, with a leaf entry for
 * each page of the scenario: upper levels only decide whether a leaf can be reached, and a leaf
 * that cannot be reached behaves like an empty one. `fail_prepare` stands for the mmap() that can
 * fail in kvm_arch_prepare_memory_region(). The rest is there if the guest has page tables of its
 * own: `sp` is the shadow page of its leaf table, `parent_pte` the SPTE that leads to it, and
 * `gpt` the table itself, which is memory of the guest: gfn << 12, 1 present, 2 writable, 4 user.
 */
export const kvm_arch = struct('kvm_arch', {
  spt: array((world) => pte_entries(world), spte_t),
  fail_prepare: fault_attr,
  sp: array((world) => guest_tables(world), kvm_mmu_page),
  parent_pte: array((world) => guest_tables(world), spte_t),
  gpt: array((world) => guest_tables(world) * pte_entries(world), apart(u64)),
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

/**
 * `pf_fixed` counts faults that ended with an SPTE being written, `pf_guest` those that were the
 * guest's own.
 */
export const kvm_vcpu_stat = struct('kvm_vcpu_stat', { pf_fixed: u32, pf_guest: u32 });
