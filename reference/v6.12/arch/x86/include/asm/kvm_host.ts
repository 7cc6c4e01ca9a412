// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/include/asm/kvm_host.h: what does x86 add to the VM and to the vCPU, and which address
// space does a vCPU use?

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

/** How many slots an address space has for userspace: 32764 in the kernel, a parameter here. */
export function KVM_USER_MEM_SLOTS(): number {
  return config().userMemSlots;
}

/** How many more slots KVM keeps for itself: 3 in the kernel, a parameter of the run here. */
export function KVM_INTERNAL_MEM_SLOTS(): number {
  return config().privateMemSlots;
}

/** Bit 0 of a vCPU's flags: it runs a guest of the guest. */
export const HF_GUEST_MASK = 1;
/** Bit 1 of a vCPU's flags: it is in system management mode. */
export const HF_SMM_MASK = 2;

/** Address spaces of a VM at most: the second is that of system management mode. */
export const KVM_MAX_NR_ADDRESS_SPACES = 2;

/** A parameter of the run; in the kernel one for VMs with private memory, two for all others. */
export function kvm_arch_nr_memslot_as_ids(_kvm: object): number {
  return config().addressSpaces;
}

/** A parameter of the run; in the kernel, one of each VM. */
export function kvm_arch_has_private_mem(_kvm: object): boolean {
  return config().privateMemory;
}

/** The address space that the vCPU lives in now. */
export function kvm_arch_vcpu_memslots_id(vcpu: { readonly arch: { hflags: number } }): number {
  return (vcpu.arch.hflags & HF_SMM_MASK) !== 0 ? 1 : 0;
}

/** A quirk that userspace may switch off: to delete or move a slot zaps the whole VM. */
export const KVM_X86_QUIRK_SLOT_ZAP_ALL = 1n << 7n;

/**
 * What a `u64 *sptep` points to: one leaf entry of the table that the hardware walks. mmu_lock
 * orders its writers (Documentation/virt/kvm/locking.rst); both walks read without it.
 */
export const spte_t = struct('spte_t', { val: guarded_by(pteval_t, 'mmu_lock') });
export type spte_t = Of<typeof spte_t>;

/**
 * struct kvm_mmu_page: what KVM knows of a page that shadows a page table of the guest. Its entries
 * are kvm_arch.spt. `shadowed_translation` says what each entry maps, where that is RAM: gfn << 12
 * and the rights that the guest gave. `unsync_children` is that of the page above: how many of the
 * pages below it are unsync, of which there is one. Left out: lists, hash and role, since the
 * guest's table never moves and the guest never changes its paging mode.
 */
export const kvm_mmu_page = struct('kvm_mmu_page', {
  unsync: guarded_by(apart(u32), 'mmu_lock'),
  unsync_children: guarded_by(apart(u32), 'mmu_lock'),
  shadowed_translation: array((world) => pte_entries(world), guarded_by(apart(u64), 'mmu_lock')),
});
export type kvm_mmu_page = Of<typeof kvm_mmu_page>;

/**
 * Left out: levels, hash and lists of shadow pages. Each address space has one table, one after the
 * other, with a leaf entry for each page of the scenario: upper levels only decide whether a leaf
 * can be reached, and a leaf that cannot be reached behaves like an empty one. `fail_prepare`
 * stands for what can fail in kvm_arch_prepare_memory_region() besides its own allocations.
 *
 * The rest is there if the guest has page tables of its own: for each address space, as SMM is part
 * of a page's role, `sp` is the shadow page of its leaf table, and `parent_pte` the entry of the
 * page above that leads to it. `gpt` is the leaf table itself, which is memory of the guest:
 * gfn << 12, 1 present, 2 writable, 4 user.
 */
export const kvm_arch = struct('kvm_arch', {
  spt: array((world) => pte_entries(world) * config().addressSpaces, spte_t),
  shadow_mmio_value: u64,
  disabled_quirks: u64,
  shadow_root_allocated: apart(u8),
  fail_prepare: fault_attr,
  sp: array((world) => shadow_pages(world), kvm_mmu_page),
  parent_pte: array((world) => shadow_pages(world), spte_t),
  gpt: array((world) => guest_tables(world) * pte_entries(world), apart(u64)),
});

/** One block of the memory that a slot owns. Nothing in the model is found by it. */
export const rmap = struct('rmap', { head: ulong });

/** Which large pages a slot may have: none here, so its memory is only allocated and freed. */
export const kvm_lpage_info = struct('kvm_lpage_info', { disallow_lpage: u32 });

/**
 * One block each; left out: those of the other page sizes and the counters of page_track.c, which
 * are allocated and freed like these. `rmap` has a memory cell of its own, because a vCPU fills it
 * in a slot that is in use.
 */
export const kvm_arch_memory_slot = struct('kvm_arch_memory_slot', {
  rmap: pointer(() => rmap),
  lpage_info: together(pointer(() => kvm_lpage_info)),
});

/**
 * The MMIO cache of a vCPU and its mode. `pae_root_absent` has a bit for each of the four entries
 * at the top of a table of PAE that is absent: others may take one away before a fault is handled.
 */
export const kvm_vcpu_arch = struct('kvm_vcpu_arch', {
  mmio_gva: u64,
  mmio_access: u32,
  mmio_gfn: u64,
  mmio_gen: u64,
  hflags: u32,
  pae_root_absent: u32,
});

/** Bit 11 of a vCPU's requests: what the guest wrote to its page tables is to count. */
export const KVM_REQ_MMU_SYNC = 11;

/**
 * Faults that were handled in full, those that mapped a page or found it mapped, those that are to
 * be emulated, MMIO SPTEs that were made, and instructions that were emulated. `pf_guest` counts
 * the faults that were the guest's own.
 */
export const kvm_vcpu_stat = struct('kvm_vcpu_stat', {
  pf_taken: u32,
  pf_fixed: u32,
  pf_emulate: u32,
  pf_spurious: u32,
  pf_mmio_spte_created: u32,
  pf_guest: u32,
  insn_emulation: u32,
});
