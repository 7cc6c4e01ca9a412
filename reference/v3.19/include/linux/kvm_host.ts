// SPDX-License-Identifier: GPL-2.0-only
// include/linux/kvm_host.h: what is a VM, which memory slots does it have, and which slot holds a
// gfn?

import { atomic_read, atomic_set, atomic_t } from '#linux/atomic';
import { WARN_ON } from '#linux/bug';
import { lockdep_is_held, mutex } from '#linux/mutex';
import { PAGE_OFFSET, PAGE_SIZE } from '#linux/page';
import { rcu, rcu_dereference_check } from '#linux/rcupdate';
import { spinlock_t } from '#linux/spinlock';
import { srcu_read_lock_held, srcu_struct } from '#linux/srcu';
import { apart, array, int, type Of, pointer, s16, struct, u32, u64, ulong } from '#linux/struct';
import {
  KVM_PRIVATE_MEM_SLOTS,
  KVM_USER_MEM_SLOTS,
  kvm_arch,
  kvm_arch_memory_slot,
  kvm_vcpu_arch,
  kvm_vcpu_stat,
} from '../../../v3.17/arch/x86/include/asm/kvm_host.ts';
import type { gfn_t, pfn_t } from './kvm_types.ts';

/** Bit 16 of a slot's flags, out of the reach of userspace: the slot is being deleted or moved. */
export const KVM_MEMSLOT_INVALID = 0x1_0000;

/** Bits 52..62: the gfn has a slot, but no page could be had. */
export const KVM_PFN_ERR_MASK = 0x7ff0_0000_0000_0000n;
/** Bit 63: the gfn has no slot. */
export const KVM_PFN_NOSLOT = 0x8000_0000_0000_0000n;
/** A write to a slot that is read-only. */
export const KVM_PFN_ERR_RO_FAULT = 0x7ff0_0000_0000_0002n;

/** include/linux/kvm_host.h (v3.19). */
export function is_error_pfn(pfn: pfn_t): boolean {
  return (pfn & KVM_PFN_ERR_MASK) !== 0n;
}

/** include/linux/kvm_host.h (v3.19). */
export function is_noslot_pfn(pfn: pfn_t): boolean {
  return pfn === KVM_PFN_NOSLOT;
}

/** No slot, or one that must not be used. */
export const KVM_HVA_ERR_BAD = PAGE_OFFSET;

/** A write to a slot that is read-only: the page after KVM_HVA_ERR_BAD. */
export function KVM_HVA_ERR_RO_BAD(): bigint {
  return PAGE_OFFSET + PAGE_SIZE;
}

/** include/linux/kvm_host.h (v3.19). */
export function kvm_is_error_hva(addr: bigint): boolean {
  return addr >= PAGE_OFFSET;
}

/** The most pages that a slot may have: 2^31 - 1. */
export const KVM_MEM_MAX_NR_PAGES = 0x7fff_ffffn;

/** Left out: `dirty_bitmap`, since what the guest writes is not followed. */
export const kvm_memory_slot = struct('kvm_memory_slot', {
  base_gfn: u64,
  npages: ulong,
  arch: kvm_arch_memory_slot,
  userspace_addr: ulong,
  flags: u32,
  id: s16,
});
export type kvm_memory_slot = Of<typeof kvm_memory_slot>;

/**
 * Userspace cannot name the private slots that x86 adds. KVM itself makes them for guests in real
 * mode and for the APIC page, which few scenarios have.
 */
export function KVM_MEM_SLOTS_NUM(): number {
  return KVM_USER_MEM_SLOTS() + KVM_PRIVATE_MEM_SLOTS();
}

/**
 * struct kvm_memslots; C keeps struct names and function names apart. The first `used_slots`
 * entries are slots in use, sorted by base_gfn from large to small; the others have neither pages
 * nor a base_gfn. id_to_memslot() finds a slot by its id. `lru_slot` is the index of the entry that
 * was found last: any reader writes it, in a set that is else only read.
 */
export const kvm_memslots_struct = struct('kvm_memslots', {
  generation: apart(u64),
  memslots: array(() => KVM_MEM_SLOTS_NUM(), kvm_memory_slot),
  id_to_index: array(() => KVM_MEM_SLOTS_NUM(), s16),
  lru_slot: atomic_t,
  used_slots: int,
});
export type kvm_memslots_struct = Of<typeof kvm_memslots_struct>;

/** Left out: all that is not the memory of the guest (devices, buses, vCPU list, notifiers). */
export const kvm = struct('kvm', {
  mmu_lock: spinlock_t,
  slots_lock: mutex,
  memslots: rcu(() => kvm_memslots_struct, 'srcu', 'slots_lock'),
  srcu: srcu_struct,
  arch: kvm_arch,
});
export type kvm = Of<typeof kvm>;

/** Lives on the stack of the thread that runs it: no other thread reads these fields. */
export const kvm_vcpu = struct('kvm_vcpu', {
  kvm: pointer(() => kvm),
  srcu_idx: int,
  stat: kvm_vcpu_stat,
  arch: kvm_vcpu_arch,
});
export type kvm_vcpu = Of<typeof kvm_vcpu>;

/** enum kvm_mr_change */
export const KVM_MR_CREATE = 0;
export const KVM_MR_DELETE = 1;
export const KVM_MR_MOVE = 2;
export const KVM_MR_FLAGS_ONLY = 3;

/** include/linux/kvm_host.h (v3.19). */
export function kvm_memslots(kvm: kvm): kvm_memslots_struct {
  return rcu_dereference_check(
    kvm.memslots,
    srcu_read_lock_held(kvm.srcu) || lockdep_is_held(kvm.slots_lock),
  )!;
}

/** include/linux/kvm_host.h (v3.19). */
export function id_to_memslot(slots: kvm_memslots_struct, id: number): kvm_memory_slot {
  const index = slots.id_to_index[id]!;
  const slot = slots.memslots[index]!;

  WARN_ON(slot.id !== id);
  return slot;
}

/**
 * include/linux/kvm_host.h (v3.19). The binary search ends at the first entry whose base_gfn is not
 * above gfn. Below all slots there is none, and it ends behind the used entries: at one without
 * pages, which matches nothing, or behind the array if every entry is in use.
 */
export function search_memslots(slots: kvm_memslots_struct, gfn: gfn_t): kvm_memory_slot | null {
  let start = 0;
  let end = slots.used_slots;
  let slot = atomic_read(slots.lru_slot);
  const memslots = slots.memslots;

  if (gfn >= memslots[slot]!.base_gfn && gfn < memslots[slot]!.base_gfn + memslots[slot]!.npages)
    return memslots[slot]!;

  while (start < end) {
    slot = start + Math.trunc((end - start) / 2);

    if (gfn >= memslots[slot]!.base_gfn) end = slot;
    else start = slot + 1;
  }

  if (
    gfn >= memslots[start]!.base_gfn &&
    gfn < memslots[start]!.base_gfn + memslots[start]!.npages
  ) {
    atomic_set(slots.lru_slot, start);
    return memslots[start]!;
  }

  return null;
}

/** include/linux/kvm_host.h (v3.19). */
export function __gfn_to_memslot(slots: kvm_memslots_struct, gfn: gfn_t): kvm_memory_slot | null {
  return search_memslots(slots, gfn);
}

/** include/linux/kvm_host.h (v3.19). */
export function __gfn_to_hva_memslot(slot: kvm_memory_slot, gfn: gfn_t): bigint {
  return slot.userspace_addr + (gfn - slot.base_gfn) * PAGE_SIZE;
}
