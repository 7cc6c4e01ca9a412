// SPDX-License-Identifier: GPL-2.0-only
// include/linux/kvm_host.h: what is a VM, which memory slots does each address space have, and
// which slot holds a gfn?

import { atomic_read, atomic_set, atomic_t } from '#linux/atomic';
import { WARN_ON } from '#linux/bug';
import { lockdep_is_held, mutex } from '#linux/mutex';
import { PAGE_OFFSET, PAGE_SIZE } from '#linux/page';
import { rcu } from '#linux/rcupdate';
import { spinlock_t } from '#linux/spinlock';
import { srcu_dereference_check, srcu_struct } from '#linux/srcu';
import {
  apart,
  array,
  int,
  type Of,
  pointer,
  s16,
  struct,
  u16,
  u32,
  u64,
  ulong,
} from '#linux/struct';
import { KVM_MEM_LOG_DIRTY_PAGES } from '../../../v3.16/include/uapi/linux/kvm.ts';
import {
  KVM_ADDRESS_SPACE_NUM,
  KVM_MEM_SLOTS_NUM,
  KVM_USER_MEM_SLOTS,
  kvm_arch,
  kvm_arch_memory_slot,
  kvm_arch_vcpu_memslots_id,
  kvm_vcpu_arch,
  kvm_vcpu_stat,
} from '../../arch/x86/include/asm/kvm_host.ts';
import type { gfn_t, kvm_pfn_t } from './kvm_types.ts';

/** Bit 16 of a slot's flags, out of the reach of userspace: the slot is being deleted or moved. */
export const KVM_MEMSLOT_INVALID = 0x1_0000;

/** Bit 63 of the generation: the memslots are being replaced. */
export const KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS = 0x8000_0000_0000_0000n;

/** Bits 52..62: the gfn has a slot, but no page could be had. */
export const KVM_PFN_ERR_MASK = 0x7ff0_0000_0000_0000n;
/** Bit 63: the gfn has no slot. */
export const KVM_PFN_NOSLOT = 0x8000_0000_0000_0000n;
/** A write to a slot that is read-only. */
export const KVM_PFN_ERR_RO_FAULT = 0x7ff0_0000_0000_0002n;

/** include/linux/kvm_host.h (v5.11). */
export function is_error_pfn(pfn: kvm_pfn_t): boolean {
  return (pfn & KVM_PFN_ERR_MASK) !== 0n;
}

/** include/linux/kvm_host.h (v5.11). */
export function is_noslot_pfn(pfn: kvm_pfn_t): boolean {
  return pfn === KVM_PFN_NOSLOT;
}

/** No slot, or one that must not be used. */
export const KVM_HVA_ERR_BAD = PAGE_OFFSET;

/** A write to a slot that is read-only: the page after KVM_HVA_ERR_BAD. */
export function KVM_HVA_ERR_RO_BAD(): bigint {
  return PAGE_OFFSET + PAGE_SIZE;
}

/** include/linux/kvm_host.h (v5.11). */
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
  as_id: u16,
});
export type kvm_memory_slot = Of<typeof kvm_memory_slot>;

/** include/linux/kvm_host.h (v5.11). */
export function kvm_slot_dirty_track_enabled(slot: kvm_memory_slot): boolean {
  return (slot.flags & KVM_MEM_LOG_DIRTY_PAGES) !== 0;
}

/**
 * struct kvm_memslots; C keeps struct names and function names apart. `memslots` has room for the
 * slots that there are and no more: it is allocated by kvzalloc_flex(). Its first `used_slots`
 * entries are in use, by falling base_gfn; id_to_index is -1 for an id without a slot. `lru_slot`
 * is where the last lookup that searched found its slot.
 */
export const kvm_memslots_struct = struct('kvm_memslots', {
  generation: apart(u64),
  id_to_index: array(() => KVM_MEM_SLOTS_NUM(), s16),
  lru_slot: atomic_t,
  used_slots: int,
  memslots: array(() => KVM_MEM_SLOTS_NUM(), kvm_memory_slot),
});
export type kvm_memslots_struct = Of<typeof kvm_memslots_struct>;

/** Left out: all that is not the memory of the guest (devices, buses, vCPU list, notifiers). */
export const kvm = struct('kvm', {
  mmu_lock: spinlock_t,
  slots_lock: mutex,
  memslots: array(
    () => KVM_ADDRESS_SPACE_NUM(),
    rcu(() => kvm_memslots_struct, 'srcu', 'slots_lock'),
  ),
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
  requests: u32,
});
export type kvm_vcpu = Of<typeof kvm_vcpu>;

/**
 * include/linux/kvm_host.h (v5.11). Left out: barriers, and kicking the vCPU: each asks itself.
 */
export function kvm_make_request(req: number, vcpu: kvm_vcpu): void {
  vcpu.requests |= 1 << req;
}

/** include/linux/kvm_host.h (v5.11). True once for each request. */
export function kvm_check_request(req: number, vcpu: kvm_vcpu): boolean {
  if ((vcpu.requests & (1 << req)) === 0) return false;

  vcpu.requests &= ~(1 << req);
  return true;
}

/** enum kvm_mr_change */
export const KVM_MR_CREATE = 0;
export const KVM_MR_DELETE = 1;
export const KVM_MR_MOVE = 2;
export const KVM_MR_FLAGS_ONLY = 3;

/**
 * include/linux/kvm_host.h (v5.11). Left out: hardening of the index against speculation, and the
 * case of a VM that nobody uses any more.
 */
export function __kvm_memslots(kvm: kvm, as_id: number): kvm_memslots_struct {
  return srcu_dereference_check(kvm.memslots[as_id]!, kvm.srcu, lockdep_is_held(kvm.slots_lock));
}

/** include/linux/kvm_host.h (v5.11). Address space 0, whatever mode the vCPU is in. */
export function kvm_memslots(kvm: kvm): kvm_memslots_struct {
  return __kvm_memslots(kvm, 0);
}

/** include/linux/kvm_host.h (v5.11). */
export function kvm_vcpu_memslots(vcpu: kvm_vcpu): kvm_memslots_struct {
  const as_id = kvm_arch_vcpu_memslots_id(vcpu);

  return __kvm_memslots(vcpu.kvm!, as_id);
}

/** include/linux/kvm_host.h (v5.11). Null if there is no slot of this id. */
export function id_to_memslot(slots: kvm_memslots_struct, id: number): kvm_memory_slot | null {
  const index = slots.id_to_index[id]!;

  if (index < 0) return null;

  const slot = slots.memslots[index]!;

  WARN_ON(slot.id !== id);
  return slot;
}

/**
 * include/linux/kvm_host.h (v5.11). Finds the first entry whose base_gfn is not above gfn; there
 * may be none, and then nothing lies at that place.
 */
export function search_memslots(slots: kvm_memslots_struct, gfn: gfn_t): kvm_memory_slot | null {
  let start = 0;
  let end = slots.used_slots;
  let slot = atomic_read(slots.lru_slot);
  const memslots = slots.memslots;

  if (slots.used_slots === 0) return null;

  if (gfn >= memslots[slot]!.base_gfn && gfn < memslots[slot]!.base_gfn + memslots[slot]!.npages)
    return memslots[slot]!;

  while (start < end) {
    slot = start + Math.trunc((end - start) / 2);

    if (gfn >= memslots[slot]!.base_gfn) end = slot;
    else start = slot + 1;
  }

  if (
    start < slots.used_slots &&
    gfn >= memslots[start]!.base_gfn &&
    gfn < memslots[start]!.base_gfn + memslots[start]!.npages
  ) {
    atomic_set(slots.lru_slot, start);
    return memslots[start]!;
  }

  return null;
}

/** include/linux/kvm_host.h (v5.11). */
export function __gfn_to_memslot(slots: kvm_memslots_struct, gfn: gfn_t): kvm_memory_slot | null {
  return search_memslots(slots, gfn);
}

/** include/linux/kvm_host.h (v5.11). */
export function __gfn_to_hva_memslot(slot: kvm_memory_slot, gfn: gfn_t): bigint {
  return slot.userspace_addr + (gfn - slot.base_gfn) * PAGE_SIZE;
}

/** include/linux/kvm_host.h (v5.11). A slot that the guest may know of. */
export function kvm_is_visible_memslot(memslot: kvm_memory_slot | null): boolean {
  return (
    memslot !== null &&
    memslot.id < KVM_USER_MEM_SLOTS() &&
    (memslot.flags & KVM_MEMSLOT_INVALID) === 0
  );
}
