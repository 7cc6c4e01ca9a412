// SPDX-License-Identifier: GPL-2.0-only
// include/linux/kvm_host.h: what is a VM, which two sets of memory slots does it have, and which
// slot holds a gfn?

import { WARN_ON, WARN_ON_ONCE } from '#linux/bug';
import { READ_ONCE } from '#linux/compiler';
import { container_of } from '#linux/container-of';
import { hash_first_possible, hash_for_each, hashtable, hlist_node } from '#linux/hashtable';
import { interval_tree_node, rb_root_cached } from '#linux/interval_tree';
import { lockdep_assert_held } from '#linux/lock';
import { lockdep_is_held, mutex } from '#linux/mutex';
import { PAGE_OFFSET, PAGE_SHIFT, PAGE_SIZE } from '#linux/page';
import { rb_last, rb_next, rb_node, rb_prev, rb_root } from '#linux/rbtree';
import { rcu } from '#linux/rcupdate';
import { rcuwait } from '#linux/rcuwait';
import { rwlock_t } from '#linux/rwlock';
import { spinlock_t } from '#linux/spinlock';
import { srcu_dereference_check, srcu_read_lock, srcu_read_unlock, srcu_struct } from '#linux/srcu';
import {
  apart,
  array,
  int,
  type Of,
  pointer,
  s16,
  struct,
  together,
  u16,
  u32,
  u64,
  ulong,
} from '#linux/struct';
import {
  KVM_INTERNAL_MEM_SLOTS,
  KVM_MAX_NR_ADDRESS_SPACES,
  KVM_USER_MEM_SLOTS,
  kvm_arch,
  kvm_arch_memory_slot,
  kvm_arch_vcpu_memslots_id,
  kvm_vcpu_arch,
  kvm_vcpu_stat,
} from '../../arch/x86/include/asm/kvm_host.ts';
import { KVM_MEM_LOG_DIRTY_PAGES } from '../uapi/linux/kvm.ts';
import { type gfn_t, INVALID_GPA, type kvm_pfn_t } from './kvm_types.ts';

/** Bit 16 of a slot's flags, out of the reach of userspace: the slot is being deleted or moved. */
export const KVM_MEMSLOT_INVALID = 0x1_0000;

/** Bit 63 of the generation: an update is in progress. */
export const KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS = 0x8000_0000_0000_0000n;

/** Bits 52..62: the gfn has a slot, but no page could be had. */
export const KVM_PFN_ERR_MASK = 0x7ff0_0000_0000_0000n;
/** Bit 63: the gfn has no slot. */
export const KVM_PFN_NOSLOT = 0x8000_0000_0000_0000n;
/** There is a slot, but no page behind its address. */
export const KVM_PFN_ERR_FAULT = KVM_PFN_ERR_MASK;
/** A write to a slot that is read-only. */
export const KVM_PFN_ERR_RO_FAULT = 0x7ff0_0000_0000_0002n;

/** include/linux/kvm_host.h (v6.12). */
export function is_error_pfn(pfn: kvm_pfn_t): boolean {
  return (pfn & KVM_PFN_ERR_MASK) !== 0n;
}

/** include/linux/kvm_host.h (v6.12). */
export function is_noslot_pfn(pfn: kvm_pfn_t): boolean {
  return pfn === KVM_PFN_NOSLOT;
}

/** No slot, or one that must not be used. */
export const KVM_HVA_ERR_BAD = PAGE_OFFSET;

/** A write to a slot that is read-only: the page after KVM_HVA_ERR_BAD. */
export function KVM_HVA_ERR_RO_BAD(): bigint {
  return PAGE_OFFSET + PAGE_SIZE;
}

/** include/linux/kvm_host.h (v6.12). */
export function kvm_is_error_hva(addr: bigint): boolean {
  return addr >= PAGE_OFFSET;
}

/** The most pages that a slot may have: 2^31 - 1. */
export const KVM_MEM_MAX_NR_PAGES = 0x7fff_ffffn;

/** One bit for each page of a slot, twice; what the bits say is not followed. */
export const dirty_bitmap = struct('dirty_bitmap', { bits: ulong });

/**
 * Each slot has two sets of links, for it is in both sets of slots at rest. An update changes the
 * links of the set that nobody reads while the slot itself is being read: each has cells of its
 * own. The links do not come first as in C: what a pointer leads to must not begin where the slot
 * begins. Left out: gmem, which only a slot with KVM_MEM_GUEST_MEMFD has.
 */
export const kvm_memory_slot = struct('kvm_memory_slot', {
  base_gfn: u64,
  npages: ulong,
  id_node: array(2, hlist_node),
  hva_node: array(2, interval_tree_node),
  gfn_node: array(2, rb_node),
  dirty_bitmap: together(pointer(() => dirty_bitmap)),
  arch: kvm_arch_memory_slot,
  userspace_addr: ulong,
  flags: u32,
  id: s16,
  as_id: u16,
});
export type kvm_memory_slot = Of<typeof kvm_memory_slot>;

/** Where the links lie in a slot, for container_of(). */
const id_node = (slot: kvm_memory_slot, idx: number) => slot.id_node[idx]!;
const hva_node = (slot: kvm_memory_slot, idx: number) => slot.hva_node[idx]!;
const gfn_node = (slot: kvm_memory_slot, idx: number) => slot.gfn_node[idx]!;

/** The slot that a node of an id_hash belongs to: container_of() of its id_node[idx]. */
export function id_node_slot(node: hlist_node, idx: number): kvm_memory_slot {
  return container_of(node, kvm_memory_slot, id_node, idx);
}

/** The slot that a node of an hva_tree belongs to: container_of() of its hva_node[idx]. */
export function hva_node_slot(node: interval_tree_node, idx: number): kvm_memory_slot {
  return container_of(node, kvm_memory_slot, hva_node, idx);
}

/** The slot that a node of a gfn_tree belongs to: container_of() of its gfn_node[idx]. */
export function gfn_node_slot(node: rb_node, idx: number): kvm_memory_slot {
  return container_of(node, kvm_memory_slot, gfn_node, idx);
}

/** include/linux/kvm_host.h (v6.12). */
export function kvm_slot_dirty_track_enabled(slot: kvm_memory_slot): boolean {
  return (slot.flags & KVM_MEM_LOG_DIRTY_PAGES) !== 0;
}

/**
 * How many slots an address space may have: 32767 in the kernel, a parameter of the run here. A
 * table of ids has buckets enough for any number of them.
 */
export function KVM_MEM_SLOTS_NUM(): number {
  return KVM_USER_MEM_SLOTS() + KVM_INTERNAL_MEM_SLOTS();
}

/**
 * struct kvm_memslots; C keeps struct names and function names apart. 2 buckets instead of 128: how
 * long a bucket's list is decides how long a search takes, not what it finds.
 */
export const kvm_memslots_struct = struct('kvm_memslots', {
  generation: apart(u64),
  last_used_slot: pointer(() => kvm_memory_slot),
  hva_tree: rb_root_cached,
  gfn_tree: rb_root,
  id_hash: hashtable(1),
  node_idx: int,
});
export type kvm_memslots_struct = Of<typeof kvm_memslots_struct>;

/**
 * Left out: all that is not the memory of the guest (devices, buses, vCPU list). What different
 * threads change has cells of its own.
 */
export const kvm = struct('kvm', {
  mmu_lock: rwlock_t,
  slots_lock: mutex,
  slots_arch_lock: mutex,
  nr_memslot_pages: apart(ulong),
  __memslots: array(KVM_MAX_NR_ADDRESS_SPACES, array(2, kvm_memslots_struct)),
  memslots: array(
    KVM_MAX_NR_ADDRESS_SPACES,
    rcu(() => kvm_memslots_struct, 'srcu', 'slots_lock'),
  ),
  nr_memslots_dirty_logging: apart(int),
  mn_invalidate_lock: spinlock_t,
  mn_active_invalidate_count: apart(ulong),
  mn_memslots_update_rcuwait: rcuwait,
  arch: kvm_arch,
  mmu_invalidate_seq: apart(ulong),
  mmu_invalidate_in_progress: apart(int),
  mmu_invalidate_range_start: apart(u64),
  mmu_invalidate_range_end: apart(u64),
  srcu: srcu_struct,
});
export type kvm = Of<typeof kvm>;

/** Lives on the stack of the thread that runs it: no other thread reads these fields. */
export const kvm_vcpu = struct('kvm_vcpu', {
  kvm: pointer(() => kvm),
  ____srcu_idx: int,
  srcu_depth: int,
  stat: kvm_vcpu_stat,
  arch: kvm_vcpu_arch,
  last_used_slot: pointer(() => kvm_memory_slot),
  last_used_slot_gen: u64,
  requests: u32,
});
export type kvm_vcpu = Of<typeof kvm_vcpu>;

/**
 * The gfns [start, end) of a slot. Lives on the stack. Left out: private memory, which only slots
 * with KVM_MEM_GUEST_MEMFD have, and whether the handler may sleep.
 */
export interface kvm_gfn_range {
  slot: kvm_memory_slot;
  start: gfn_t;
  end: gfn_t;
}

/** enum kvm_mr_change */
export const KVM_MR_CREATE = 0;
export const KVM_MR_DELETE = 1;
export const KVM_MR_MOVE = 2;
export const KVM_MR_FLAGS_ONLY = 3;

/**
 * include/linux/kvm_host.h (v6.12). Left out: barriers, and kicking the vCPU: each asks itself.
 */
export function kvm_make_request(req: number, vcpu: kvm_vcpu): void {
  vcpu.requests |= 1 << req;
}

/** include/linux/kvm_host.h (v6.12). True once for each request. */
export function kvm_check_request(req: number, vcpu: kvm_vcpu): boolean {
  if ((vcpu.requests & (1 << req)) === 0) return false;

  vcpu.requests &= ~(1 << req);
  return true;
}

/** include/linux/kvm_host.h (v6.12). */
export function kvm_vcpu_srcu_read_lock(vcpu: kvm_vcpu): void {
  WARN_ON(vcpu.srcu_depth++ !== 0);
  vcpu.____srcu_idx = srcu_read_lock(vcpu.kvm!.srcu);
}

/** include/linux/kvm_host.h (v6.12). */
export function kvm_vcpu_srcu_read_unlock(vcpu: kvm_vcpu): void {
  srcu_read_unlock(vcpu.kvm!.srcu, vcpu.____srcu_idx);
  WARN_ON(--vcpu.srcu_depth !== 0);
}

/**
 * include/linux/kvm_host.h (v6.12). Left out: array_index_nospec(), as nothing is speculated here,
 * and the exception for a VM that is being destroyed, as no scenario outlives its VM.
 */
export function __kvm_memslots(kvm: kvm, as_id: number): kvm_memslots_struct {
  return srcu_dereference_check(kvm.memslots[as_id], kvm.srcu, lockdep_is_held(kvm.slots_lock))!;
}

/** include/linux/kvm_host.h (v6.12). */
export function kvm_memslots(kvm: kvm): kvm_memslots_struct {
  return __kvm_memslots(kvm, 0);
}

/** include/linux/kvm_host.h (v6.12). */
export function kvm_vcpu_memslots(vcpu: kvm_vcpu): kvm_memslots_struct {
  const as_id = kvm_arch_vcpu_memslots_id(vcpu);

  return __kvm_memslots(vcpu.kvm!, as_id);
}

/** include/linux/kvm_host.h (v6.12). The body of the loop is a function of the slot. */
export function kvm_for_each_memslot(
  slots: kvm_memslots_struct,
  body: (memslot: kvm_memory_slot) => void,
): void {
  const idx = slots.node_idx;

  hash_for_each(slots.id_hash, (node) => {
    const memslot = id_node_slot(node, idx);
    if (!WARN_ON_ONCE(memslot.npages === 0n)) body(memslot);
  });
}

/** include/linux/kvm_host.h (v6.12). */
export function id_to_memslot(slots: kvm_memslots_struct, id: number): kvm_memory_slot | null {
  const idx = slots.node_idx;

  for (let node = hash_first_possible(slots.id_hash, id); node !== null; node = node.next) {
    const slot = id_node_slot(node, idx);
    if (slot.id === id) return slot;
  }

  return null;
}

/** A walk through the slots that overlap a range of gfns. Lives on the stack. */
export interface kvm_memslot_iter {
  slots: kvm_memslots_struct | null;
  node: rb_node | null;
  slot: kvm_memory_slot | null;
}

/** include/linux/kvm_host.h (v6.12). */
export function kvm_memslot_iter_next(iter: kvm_memslot_iter): void {
  iter.node = rb_next(iter.node!);
  if (iter.node === null) return;

  iter.slot = gfn_node_slot(iter.node, iter.slots!.node_idx);
}

/** include/linux/kvm_host.h (v6.12). Begins with the lowest slot that ends after `start`. */
export function kvm_memslot_iter_start(
  iter: kvm_memslot_iter,
  slots: kvm_memslots_struct,
  start: gfn_t,
): void {
  const idx = slots.node_idx;
  let tmp: rb_node | null;
  let slot: kvm_memory_slot;

  iter.slots = slots;

  iter.node = null;
  for (tmp = slots.gfn_tree.rb_node; tmp !== null; ) {
    slot = gfn_node_slot(tmp, idx);
    if (start < slot.base_gfn) {
      iter.node = tmp;
      tmp = tmp.rb_left;
    } else {
      tmp = tmp.rb_right;
    }
  }

  if (iter.node !== null) {
    tmp = rb_prev(iter.node);
    if (tmp !== null) iter.node = tmp;
  } else {
    iter.node = rb_last(slots.gfn_tree);
  }

  if (iter.node !== null) {
    iter.slot = gfn_node_slot(iter.node, idx);

    if (iter.slot.base_gfn + iter.slot.npages <= start) kvm_memslot_iter_next(iter);
  }
}

/** include/linux/kvm_host.h (v6.12). */
export function kvm_memslot_iter_is_valid(iter: kvm_memslot_iter, end: gfn_t): boolean {
  if (iter.node === null) return false;

  return iter.slot!.base_gfn < end;
}

/** include/linux/kvm_host.h (v6.12). */
export function is_gfn_in_memslot(slot: kvm_memory_slot, gfn: gfn_t): boolean {
  return gfn >= slot.base_gfn && gfn < slot.base_gfn + slot.npages;
}

/** include/linux/kvm_host.h (v6.12). */
export function try_get_memslot(slot: kvm_memory_slot | null, gfn: gfn_t): kvm_memory_slot | null {
  if (slot === null) return null;

  return is_gfn_in_memslot(slot, gfn) ? slot : null;
}

/**
 * include/linux/kvm_host.h (v6.12). With `approx`, a gfn in a hole finds a slot beside the hole.
 */
export function search_memslots(
  slots: kvm_memslots_struct,
  gfn: gfn_t,
  approx: boolean,
): kvm_memory_slot | null {
  const idx = slots.node_idx;
  let slot: kvm_memory_slot | null = null;

  for (let node = slots.gfn_tree.rb_node; node !== null; ) {
    slot = gfn_node_slot(node, idx);
    if (gfn >= slot.base_gfn) {
      if (gfn < slot.base_gfn + slot.npages) return slot;
      node = node.rb_right;
    } else node = node.rb_left;
  }

  return approx ? slot : null;
}

/** include/linux/kvm_host.h (v6.12). */
export function ____gfn_to_memslot(
  slots: kvm_memslots_struct,
  gfn: gfn_t,
  approx: boolean,
): kvm_memory_slot | null {
  let slot = slots.last_used_slot;
  slot = try_get_memslot(slot, gfn);
  if (slot !== null) return slot;

  slot = search_memslots(slots, gfn, approx);
  if (slot !== null) {
    slots.last_used_slot = slot;
    return slot;
  }

  return null;
}

/** include/linux/kvm_host.h (v6.12). */
export function __gfn_to_memslot(slots: kvm_memslots_struct, gfn: gfn_t): kvm_memory_slot | null {
  return ____gfn_to_memslot(slots, gfn, false);
}

/** include/linux/kvm_host.h (v6.12). Left out: array_index_nospec(), as nothing is speculated. */
export function __gfn_to_hva_memslot(slot: kvm_memory_slot, gfn: gfn_t): bigint {
  const offset = gfn - slot.base_gfn;
  return slot.userspace_addr + offset * PAGE_SIZE;
}

/** include/linux/kvm_host.h (v6.12). */
export function hva_to_gfn_memslot(hva: bigint, slot: kvm_memory_slot): gfn_t {
  const gfn_offset = (hva - slot.userspace_addr) >> PAGE_SHIFT;

  return slot.base_gfn + gfn_offset;
}

/** include/linux/kvm_host.h (v6.12). */
export function mmu_invalidate_retry_gfn(kvm: kvm, mmu_seq: bigint, gfn: gfn_t): boolean {
  lockdep_assert_held(kvm.mmu_lock);

  if (kvm.mmu_invalidate_in_progress !== 0) {
    if (
      WARN_ON_ONCE(
        kvm.mmu_invalidate_range_start === INVALID_GPA ||
          kvm.mmu_invalidate_range_end === INVALID_GPA,
      )
    )
      return true;

    if (gfn >= kvm.mmu_invalidate_range_start && gfn < kvm.mmu_invalidate_range_end) return true;
  }

  return kvm.mmu_invalidate_seq !== mmu_seq;
}

/**
 * include/linux/kvm_host.h (v6.12). A look before mmu_lock is taken: it may be wrong either way.
 */
export function mmu_invalidate_retry_gfn_unsafe(kvm: kvm, mmu_seq: bigint, gfn: gfn_t): boolean {
  if (
    READ_ONCE(kvm.$.mmu_invalidate_in_progress) !== 0 &&
    gfn >= kvm.mmu_invalidate_range_start &&
    gfn < kvm.mmu_invalidate_range_end
  )
    return true;

  return READ_ONCE(kvm.$.mmu_invalidate_seq) !== mmu_seq;
}
