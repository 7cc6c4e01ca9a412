// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/include/asm/kvm_host.h: what does x86 add to the VM and to the vCPU?

import { config } from '#linux/config';
import { fault_attr } from '#linux/fault-inject';
import { guarded_by } from '#linux/lock';
import { guest_tables, pte_entries, pteval_t, shadow_pages } from '#linux/pgtable';
import {
  apart,
  array,
  type Of,
  pointer,
  struct,
  together,
  u8,
  u32,
  u64,
  ulong,
} from '#linux/struct';

/** How many slots userspace may use: 509 in the kernel, a parameter of the run here. */
export function KVM_USER_MEM_SLOTS(): number {
  return config().userMemSlots;
}

/** How many more slots KVM keeps for itself: 3 in the kernel, a parameter of the run here. */
export function KVM_PRIVATE_MEM_SLOTS(): number {
  return config().privateMemSlots;
}

export function KVM_MEM_SLOTS_NUM(): number {
  return KVM_USER_MEM_SLOTS() + KVM_PRIVATE_MEM_SLOTS();
}

/** How many address spaces a VM has: 2 on x86, a parameter of the run here (1 elsewhere). */
export function KVM_ADDRESS_SPACE_NUM(): number {
  return config().addressSpaces;
}

/** Bit 6 of a vCPU's flags: it is in system management mode. */
export const HF_SMM_MASK = 1 << 6;

/** arch/x86/include/asm/kvm_host.h (v5.11). In SMM the guest sees the second address space. */
export function kvm_arch_vcpu_memslots_id(vcpu: { readonly arch: kvm_vcpu_arch }): number {
  return (vcpu.arch.hflags & HF_SMM_MASK) !== 0 ? 1 : 0;
}

/**
 * What a `u64 *sptep` points to: one leaf entry of the table that the hardware walks. mmu_lock
 * orders its writers (Documentation/virt/kvm/locking.rst); both walks read without it.
 */
export const spte_t = struct('spte_t', { val: guarded_by(pteval_t, 'mmu_lock') });
export type spte_t = Of<typeof spte_t>;

/**
 * struct kvm_mmu_page: the shadow page that holds the leaf entries of one role. SMM is part of the
 * role, so there is one for each address space. Left out: the entries themselves, which lie in
 * kvm_arch.spt; upper levels, the hash and rmap, by which nothing in the model is found; and what
 * only a page has that shadows a table of the guest, which is kvm_mmu_page_indirect.
 */
export const kvm_mmu_page = struct('kvm_mmu_page', {
  mmu_valid_gen: guarded_by(u8, 'mmu_lock'),
});
export type kvm_mmu_page = Of<typeof kvm_mmu_page>;

/**
 * The fields of a struct kvm_mmu_page that count where it shadows a page table of the guest, so
 * that no other run has cells for them. `gfns` says which gfn each entry maps, where that is RAM.
 * `unsync_children` is that of the page above: how many pages below it may be unsync, of which
 * there is one.
 */
export const kvm_mmu_page_indirect = struct('kvm_mmu_page', {
  unsync: guarded_by(apart(u32), 'mmu_lock'),
  unsync_children: guarded_by(apart(u32), 'mmu_lock'),
  gfns: array((world) => pte_entries(world), guarded_by(apart(u64), 'mmu_lock')),
});
export type kvm_mmu_page_indirect = Of<typeof kvm_mmu_page_indirect>;

/**
 * Left out: levels, roots and hash of shadow pages. One table maps each address space, with a leaf
 * entry for each page of the scenario: upper levels only decide whether a leaf can be reached, and
 * a leaf that cannot be reached behaves like an empty one. `spt` holds the entries of address space
 * 0 first. `fail_prepare` stands for whatever can fail in kvm_arch_prepare_memory_region().
 *
 * The rest is there if the guest has page tables of its own: for each address space `sp` is what
 * KVM knows of the shadow of its leaf table, and `parent_pte` the SPTE that leads to it. `gpt` is
 * the table itself, which is memory of the guest: gfn << 12, 1 present, 2 writable, 4 user.
 */
export const kvm_arch = struct('kvm_arch', {
  spt: array((world) => pte_entries(world) * KVM_ADDRESS_SPACE_NUM(), spte_t),
  mmu_valid_gen: guarded_by(u8, 'mmu_lock'),
  active_mmu_pages: array(() => KVM_ADDRESS_SPACE_NUM(), kvm_mmu_page),
  fail_prepare: fault_attr,
  sp: array((world) => shadow_pages(world), kvm_mmu_page_indirect),
  parent_pte: array((world) => shadow_pages(world), spte_t),
  gpt: array((world) => guest_tables(world) * pte_entries(world), apart(u64)),
});

/** One block of the memory that a slot owns. Nothing in the model is found by it. */
export const rmap = struct('rmap', { head: ulong });

/**
 * Left out: the blocks for large pages, lpage_info and page tracking, which are allocated and freed
 * like this one.
 */
export const kvm_arch_memory_slot = struct('kvm_arch_memory_slot', {
  rmap: together(pointer(() => rmap)),
});

/**
 * The MMIO cache of a vCPU and its mode; all else of a vCPU cannot be seen by a read of guest
 * memory. `pae_root_absent` tells which of the four entries of mmu->pae_root are zero, by bits
 * 0..3.
 */
export const kvm_vcpu_arch = struct('kvm_vcpu_arch', {
  hflags: u32,
  pae_root_absent: u8,
  mmio_gva: u64,
  mmio_access: u32,
  mmio_gfn: u64,
  mmio_gen: u64,
});
export type kvm_vcpu_arch = Of<typeof kvm_vcpu_arch>;

/** Bit 11 of a vCPU's requests: what the guest wrote to its page tables is to count. */
export const KVM_REQ_MMU_SYNC = 11;

/**
 * `pf_fixed` counts faults that ended with an SPTE being written, `pf_guest` those that were the
 * guest's own, `insn_emulation` instructions that were emulated.
 */
export const kvm_vcpu_stat = struct('kvm_vcpu_stat', {
  pf_fixed: u32,
  pf_guest: u32,
  insn_emulation: u32,
});
