// SPDX-License-Identifier: GPL-2.0-only
// virt/kvm/kvm_main.c: how does userspace change the memory slots of a running VM, how does a guest
// address become a host page, and what happens when the host takes a page back?

import { smp_wmb } from '#linux/barrier';
import { BUG_ON, WARN_ON, WARN_ON_ONCE } from '#linux/bug';
import { READ_ONCE } from '#linux/compiler';
import { log_dirty_page } from '#linux/dirty-log';
import { EEXIST, EFAULT, EINVAL, EIO, ENOMEM } from '#linux/errno';
import { hash_add, hash_del, hash_for_each_safe } from '#linux/hashtable';
import {
  interval_tree_insert,
  interval_tree_iter_first,
  interval_tree_iter_next,
  interval_tree_remove,
} from '#linux/interval_tree';
import { lockdep_assert_held } from '#linux/lock';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import { offset_in_page, PAGE_SHIFT, PAGE_SIZE } from '#linux/page';
import { rb_erase, rb_link_node, type rb_node, rb_replace_node } from '#linux/rbtree';
import { rcu_assign_pointer } from '#linux/rcupdate';
import {
  finish_rcuwait,
  prepare_to_rcuwait,
  rcuwait_init,
  rcuwait_wake_up,
  schedule,
  set_current_state,
  TASK_UNINTERRUPTIBLE,
} from '#linux/rcuwait';
import { write_lock, write_unlock } from '#linux/rwlock';
import { kfree, kvfree, kzalloc } from '#linux/slab';
import { spin_lock, spin_unlock } from '#linux/spinlock';
import {
  init_srcu_struct,
  srcu_read_lock,
  srcu_read_unlock,
  synchronize_srcu_expedited,
} from '#linux/srcu';
import { static_object } from '#linux/static';
import { assign } from '#linux/string';
import { u16, u64, ulong } from '#linux/types';
import {
  __copy_from_user,
  __copy_to_user,
  access_ok,
  type kernel_buffer,
  user_pfn,
} from '#linux/uaccess';
import {
  KVM_USER_MEM_SLOTS,
  kvm_arch_has_private_mem,
  kvm_arch_nr_memslot_as_ids,
} from '../../arch/x86/include/asm/kvm_host.ts';
import { kvm_arch_flush_shadow_memslot, kvm_unmap_gfn_range } from '../../arch/x86/kvm/mmu/mmu.ts';
import {
  kvm_arch_commit_memory_region,
  kvm_arch_free_memslot,
  kvm_arch_init_vm,
  kvm_arch_memslots_updated,
  kvm_arch_prepare_memory_region,
} from '../../arch/x86/kvm/x86.ts';
import {
  __gfn_to_hva_memslot,
  __gfn_to_memslot,
  __kvm_memslots,
  dirty_bitmap,
  gfn_node_slot,
  hva_node_slot,
  hva_to_gfn_memslot,
  id_node_slot,
  id_to_memslot,
  KVM_HVA_ERR_BAD,
  KVM_HVA_ERR_RO_BAD,
  KVM_MEM_MAX_NR_PAGES,
  KVM_MEM_SLOTS_NUM,
  KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS,
  KVM_MEMSLOT_INVALID,
  KVM_MR_CREATE,
  KVM_MR_DELETE,
  KVM_MR_FLAGS_ONLY,
  KVM_MR_MOVE,
  KVM_PFN_ERR_RO_FAULT,
  KVM_PFN_NOSLOT,
  type kvm_gfn_range,
  kvm_is_error_hva,
  kvm_memory_slot,
  type kvm_memslot_iter,
  kvm_memslot_iter_is_valid,
  kvm_memslot_iter_next,
  kvm_memslot_iter_start,
  kvm_memslots,
  type kvm_memslots_struct,
  kvm_slot_dirty_track_enabled,
  kvm as kvm_struct,
  type kvm_vcpu,
  kvm_vcpu_memslots,
  search_memslots,
  try_get_memslot,
} from '../../include/linux/kvm_host.ts';
import {
  type gfn_t,
  type gfn_to_hva_cache,
  type gpa_t,
  type hva_t,
  INVALID_GPA,
  type kvm_pfn_t,
} from '../../include/linux/kvm_types.ts';
import {
  KVM_MEM_GUEST_MEMFD,
  KVM_MEM_LOG_DIRTY_PAGES,
  KVM_MEM_READONLY,
  type kvm_userspace_memory_region2,
} from '../../include/uapi/linux/kvm.ts';

type kvm = kvm_struct;

type gfn_handler_t = (kvm: kvm, range: kvm_gfn_range) => boolean;

type on_lock_fn_t = (kvm: kvm) => void;

/**
 * The addresses [start, end) of userspace; lives on the stack. Left out: whether to flush when done
 * and whether the handler may sleep, as the model has no TLB and no handler sleeps.
 */
export interface kvm_mmu_notifier_range {
  readonly start: bigint;
  readonly end: bigint;
  /** Null stands for kvm_null_fn. */
  readonly handler: gfn_handler_t | null;
  readonly on_lock: on_lock_fn_t;
}

/**
 * virt/kvm/kvm_main.c (v6.12). Takes mmu_lock if and only if a slot overlaps; what `on_lock` does
 * there must be undone by a later call, which must find the same slots. Returns found_memslot;
 * left out: what the handlers return, which only says whether TLBs have to be flushed.
 */
export function __kvm_handle_hva_range(kvm: kvm, range: kvm_mmu_notifier_range): boolean {
  let found_memslot = false;

  if (WARN_ON_ONCE(range.end <= range.start)) return found_memslot;

  const idx = srcu_read_lock(kvm.srcu);

  mmu_unlock: for (let i = 0; i < kvm_arch_nr_memslot_as_ids(kvm); i++) {
    const slots = __kvm_memslots(kvm, i);
    for (
      let node = interval_tree_iter_first(slots.hva_tree, range.start, range.end - 1n);
      node !== null;
      node = interval_tree_iter_next(node, range.start, range.end - 1n)
    ) {
      const slot = hva_node_slot(node, slots.node_idx);
      const slot_end = u64(slot.userspace_addr + (slot.npages << PAGE_SHIFT));
      const hva_start = range.start > slot.userspace_addr ? range.start : slot.userspace_addr;
      const hva_end = range.end < slot_end ? range.end : slot_end;

      const gfn_range: kvm_gfn_range = {
        start: hva_to_gfn_memslot(hva_start, slot),
        end: hva_to_gfn_memslot(hva_end + PAGE_SIZE - 1n, slot),
        slot,
      };

      if (!found_memslot) {
        found_memslot = true;
        write_lock(kvm.mmu_lock);
        range.on_lock(kvm);

        if (range.handler === null) break mmu_unlock;
      }
      range.handler!(kvm, gfn_range);
    }
  }

  if (found_memslot) write_unlock(kvm.mmu_lock);

  srcu_read_unlock(kvm.srcu, idx);

  return found_memslot;
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_mmu_invalidate_begin(kvm: kvm): void {
  lockdep_assert_held(kvm.mmu_lock);
  kvm.mmu_invalidate_in_progress++;

  if (kvm.mmu_invalidate_in_progress === 1) {
    kvm.mmu_invalidate_range_start = INVALID_GPA;
    kvm.mmu_invalidate_range_end = INVALID_GPA;
  }
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_mmu_invalidate_range_add(kvm: kvm, start: gfn_t, end: gfn_t): void {
  lockdep_assert_held(kvm.mmu_lock);

  WARN_ON_ONCE(kvm.mmu_invalidate_in_progress === 0);

  if (kvm.mmu_invalidate_range_start === INVALID_GPA) {
    kvm.mmu_invalidate_range_start = start;
    kvm.mmu_invalidate_range_end = end;
  } else {
    if (start < kvm.mmu_invalidate_range_start) kvm.mmu_invalidate_range_start = start;
    if (end > kvm.mmu_invalidate_range_end) kvm.mmu_invalidate_range_end = end;
  }
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_mmu_unmap_gfn_range(kvm: kvm, range: kvm_gfn_range): boolean {
  kvm_mmu_invalidate_range_add(kvm, range.start, range.end);
  return kvm_unmap_gfn_range(kvm, range);
}

/**
 * virt/kvm/kvm_main.c (v6.12): the host is about to take the userspace addresses [start, end) away.
 * Left out: pfn caches, which only emulated Xen has, and kvm_arch_guest_memory_reclaimed(), which
 * flushes caches of encrypted memory.
 */
export function kvm_mmu_notifier_invalidate_range_start(kvm: kvm, start: hva_t, end: hva_t): void {
  spin_lock(kvm.mn_invalidate_lock);
  kvm.mn_active_invalidate_count++;
  spin_unlock(kvm.mn_invalidate_lock);

  __kvm_handle_hva_range(kvm, {
    start,
    end,
    handler: kvm_mmu_unmap_gfn_range,
    on_lock: kvm_mmu_invalidate_begin,
  });
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_mmu_invalidate_end(kvm: kvm): void {
  lockdep_assert_held(kvm.mmu_lock);

  kvm.mmu_invalidate_seq++;
  smp_wmb();
  kvm.mmu_invalidate_in_progress--;
  WARN_ON(kvm.mmu_invalidate_in_progress < 0);

  WARN_ON_ONCE(kvm.mmu_invalidate_range_start === INVALID_GPA);
}

/** virt/kvm/kvm_main.c (v6.12): the host has taken the addresses away. */
export function kvm_mmu_notifier_invalidate_range_end(kvm: kvm, start: hva_t, end: hva_t): void {
  __kvm_handle_hva_range(kvm, { start, end, handler: null, on_lock: kvm_mmu_invalidate_end });

  spin_lock(kvm.mn_invalidate_lock);
  if (!WARN_ON_ONCE(kvm.mn_active_invalidate_count === 0n)) kvm.mn_active_invalidate_count--;
  const wake = kvm.mn_active_invalidate_count === 0n;
  spin_unlock(kvm.mn_invalidate_lock);

  if (wake) rcuwait_wake_up(kvm.mn_memslots_update_rcuwait);
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_destroy_dirty_bitmap(memslot: kvm_memory_slot): void {
  if (memslot.dirty_bitmap === null) return;

  kvfree(memslot.dirty_bitmap);
  memslot.dirty_bitmap = null;
}

/** virt/kvm/kvm_main.c (v6.12). The slot must be in no set. */
export function kvm_free_memslot(kvm: kvm, slot: kvm_memory_slot): void {
  kvm_destroy_dirty_bitmap(slot);

  kvm_arch_free_memslot(kvm, slot);

  kfree(slot);
}

/**
 * virt/kvm/kvm_main.c (v6.12). Both sets hold the same slots, so those of the second are freed.
 */
export function kvm_free_memslots(kvm: kvm, slots: kvm_memslots_struct): void {
  if (slots.node_idx === 0) return;

  hash_for_each_safe(slots.id_hash, (idnode) => kvm_free_memslot(kvm, id_node_slot(idnode, 1)));
}

/**
 * virt/kvm/kvm_main.c (v6.12). Left out: devices, buses, reference counts and the list of VMs, none
 * of which an access to memory or a change of slots reads; and emptying what static memory already
 * is: locks, trees, tables and the last used slots. Returns null where the kernel returns an error.
 */
export function kvm_create_vm(): kvm | null {
  const kvm = static_object(kvm_struct);

  rcuwait_init(kvm.mn_memslots_update_rcuwait);

  if (init_srcu_struct(kvm.srcu) !== 0) return null;

  for (let i = 0; i < kvm_arch_nr_memslot_as_ids(kvm); i++) {
    for (let j = 0; j < 2; j++) {
      const slots = kvm.__memslots[i]![j]!;

      slots.node_idx = j;

      slots.generation = u64(i);
    }

    rcu_assign_pointer(kvm.$.memslots[i]!, kvm.__memslots[i]![0]!);
  }

  if (kvm_arch_init_vm(kvm) !== 0) return null;

  return kvm;
}

/**
 * virt/kvm/kvm_main.c (v6.12). Nobody uses the VM any more. Left out: whatever owns no memory of
 * slots; the deletion of slots that KVM made for itself, whose memory the kernel gives back there
 * and the model with the rest; invalidations that are under way, as a VM with a notifier does not
 * end in the model; and struct kvm itself, at which nobody looks then.
 */
export function kvm_destroy_vm(kvm: kvm): void {
  for (let i = 0; i < kvm_arch_nr_memslot_as_ids(kvm); i++) {
    kvm_free_memslots(kvm, kvm.__memslots[i]![0]!);
    kvm_free_memslots(kvm, kvm.__memslots[i]![1]!);
  }
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_alloc_dirty_bitmap(memslot: kvm_memory_slot): number {
  memslot.dirty_bitmap = kzalloc(dirty_bitmap);
  if (memslot.dirty_bitmap === null) return -ENOMEM;

  return 0;
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_get_inactive_memslots(kvm: kvm, as_id: number): kvm_memslots_struct {
  const active = __kvm_memslots(kvm, as_id);
  const node_idx_inactive = active.node_idx ^ 1;

  return kvm.__memslots[as_id]![node_idx_inactive]!;
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_memslots_get_as_id(
  a: kvm_memory_slot | null,
  b: kvm_memory_slot | null,
): number {
  if (WARN_ON_ONCE(a === null && b === null)) return 0;

  if (a === null) return b!.as_id;
  if (b === null) return a.as_id;

  WARN_ON_ONCE(a.as_id !== b.as_id);
  return a.as_id;
}

/** virt/kvm/kvm_main.c (v6.12). Left out: rb_insert_color(), as trees are not balanced here. */
export function kvm_insert_gfn_node(slots: kvm_memslots_struct, slot: kvm_memory_slot): void {
  const { gfn_tree } = slots;
  const idx = slots.node_idx;
  let node = gfn_tree.$.rb_node;
  let parent: rb_node | null = null;

  for (let next = READ_ONCE(node); next !== null; next = READ_ONCE(node)) {
    const tmp = gfn_node_slot(next, idx);
    parent = next;
    if (slot.base_gfn < tmp.base_gfn) node = next.$.rb_left;
    else if (slot.base_gfn > tmp.base_gfn) node = next.$.rb_right;
    else BUG_ON(true);
  }

  rb_link_node(slot.gfn_node[idx]!, parent, node);
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_erase_gfn_node(slots: kvm_memslots_struct, slot: kvm_memory_slot): void {
  rb_erase(slot.gfn_node[slots.node_idx]!, slots.gfn_tree);
}

/** virt/kvm/kvm_main.c (v6.12). `new_` is C's `new`. */
export function kvm_replace_gfn_node(
  slots: kvm_memslots_struct,
  old: kvm_memory_slot,
  new_: kvm_memory_slot,
): void {
  const idx = slots.node_idx;

  WARN_ON_ONCE(old.base_gfn !== new_.base_gfn);

  rb_replace_node(old.gfn_node[idx]!, new_.gfn_node[idx]!, slots.gfn_tree);
}

/**
 * virt/kvm/kvm_main.c (v6.12). Changes the set that no reader can reach: adds `new_`, or removes
 * `old`, or puts `new_` in the place of `old`.
 */
export function kvm_replace_memslot(
  kvm: kvm,
  old: kvm_memory_slot | null,
  new_: kvm_memory_slot | null,
): void {
  const as_id = kvm_memslots_get_as_id(old, new_);
  const slots = kvm_get_inactive_memslots(kvm, as_id);
  const idx = slots.node_idx;

  if (old !== null) {
    hash_del(old.id_node[idx]!);
    interval_tree_remove(old.hva_node[idx]!, slots.hva_tree);

    if (old === slots.last_used_slot) slots.last_used_slot = new_;

    if (new_ === null) {
      kvm_erase_gfn_node(slots, old);
      return;
    }
  }

  new_!.hva_node[idx]!.start = new_!.userspace_addr;
  new_!.hva_node[idx]!.last = new_!.userspace_addr + (new_!.npages << PAGE_SHIFT) - 1n;

  hash_add(slots.id_hash, new_!.id_node[idx]!, new_!.id);
  interval_tree_insert(new_!.hva_node[idx]!, slots.hva_tree);

  if (old !== null && old.base_gfn === new_!.base_gfn) {
    kvm_replace_gfn_node(slots, old, new_!);
  } else {
    if (old !== null) kvm_erase_gfn_node(slots, old);
    kvm_insert_gfn_node(slots, new_!);
  }
}

/**
 * virt/kvm/kvm_main.c (v6.12). Left out: VMs whose state is hidden from the host, which have no
 * read-only memory; none is modelled.
 */
export function check_memory_region_flags(kvm: kvm, mem: kvm_userspace_memory_region2): number {
  let valid_flags = KVM_MEM_LOG_DIRTY_PAGES;

  if (kvm_arch_has_private_mem(kvm)) valid_flags |= KVM_MEM_GUEST_MEMFD;

  if ((mem.flags & KVM_MEM_GUEST_MEMFD) !== 0) valid_flags &= ~KVM_MEM_LOG_DIRTY_PAGES;

  if ((mem.flags & KVM_MEM_GUEST_MEMFD) === 0) valid_flags |= KVM_MEM_READONLY;

  if ((mem.flags & ~valid_flags) !== 0) return -EINVAL;

  return 0;
}

/**
 * virt/kvm/kvm_main.c (v6.12). Must be called with slots_lock and slots_arch_lock held, and drops
 * the latter. Bit 63 of the number is set from before the set is published until all readers of
 * the other one are gone.
 */
export function kvm_swap_active_memslots(kvm: kvm, as_id: number): void {
  const slots = kvm_get_inactive_memslots(kvm, as_id);

  let gen = __kvm_memslots(kvm, as_id).generation;

  WARN_ON((gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS) !== 0n);
  slots.generation = gen | KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS;

  spin_lock(kvm.mn_invalidate_lock);
  prepare_to_rcuwait(kvm.mn_memslots_update_rcuwait);
  while (kvm.mn_active_invalidate_count !== 0n) {
    set_current_state(TASK_UNINTERRUPTIBLE);
    spin_unlock(kvm.mn_invalidate_lock);
    schedule();
    spin_lock(kvm.mn_invalidate_lock);
  }
  finish_rcuwait(kvm.mn_memslots_update_rcuwait);
  rcu_assign_pointer(kvm.$.memslots[as_id]!, slots);
  spin_unlock(kvm.mn_invalidate_lock);

  mutex_unlock(kvm.slots_arch_lock);

  synchronize_srcu_expedited(kvm.srcu);

  gen = slots.generation & ~KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS;

  gen = u64(gen + u64(kvm_arch_nr_memslot_as_ids(kvm)));

  kvm_arch_memslots_updated(kvm, gen);

  slots.generation = gen;
}

/**
 * virt/kvm/kvm_main.c (v6.12). Left out: the dirty ring and bitmaps that begin with all bits set,
 * which change what a bitmap says and not who owns it.
 */
export function kvm_prepare_memory_region(
  kvm: kvm,
  old: kvm_memory_slot | null,
  new_: kvm_memory_slot | null,
  change: number,
): number {
  let r: number;

  if (change !== KVM_MR_DELETE) {
    if ((new_!.flags & KVM_MEM_LOG_DIRTY_PAGES) === 0) new_!.dirty_bitmap = null;
    else if (old !== null && old.dirty_bitmap !== null) new_!.dirty_bitmap = old.dirty_bitmap;
    else {
      r = kvm_alloc_dirty_bitmap(new_!);
      if (r !== 0) return r;
    }
  }

  r = kvm_arch_prepare_memory_region(kvm, old, new_, change);

  if (
    r !== 0 &&
    new_ !== null &&
    new_.dirty_bitmap !== null &&
    (old === null || old.dirty_bitmap === null)
  )
    kvm_destroy_dirty_bitmap(new_);

  return r;
}

/** virt/kvm/kvm_main.c (v6.12). A deleted slot is freed with all that it owns. */
export function kvm_commit_memory_region(
  kvm: kvm,
  old: kvm_memory_slot | null,
  new_: kvm_memory_slot | null,
  change: number,
): void {
  const old_flags = old !== null ? old.flags : 0;
  const new_flags = new_ !== null ? new_.flags : 0;

  if (change === KVM_MR_DELETE) kvm.nr_memslot_pages -= old!.npages;
  else if (change === KVM_MR_CREATE) kvm.nr_memslot_pages += new_!.npages;

  if (((old_flags ^ new_flags) & KVM_MEM_LOG_DIRTY_PAGES) !== 0) {
    const by = (new_flags & KVM_MEM_LOG_DIRTY_PAGES) !== 0 ? 1 : -1;
    kvm.nr_memslots_dirty_logging += by;
  }

  kvm_arch_commit_memory_region(kvm, old, new_, change);

  switch (change) {
    case KVM_MR_CREATE:
      break;
    case KVM_MR_DELETE:
      kvm_free_memslot(kvm, old!);
      break;
    case KVM_MR_MOVE:
    case KVM_MR_FLAGS_ONLY:
      if (old!.dirty_bitmap !== null && new_!.dirty_bitmap === null) kvm_destroy_dirty_bitmap(old!);

      kfree(old);
      break;
    default:
      BUG_ON(true);
  }
}

/**
 * virt/kvm/kvm_main.c (v6.12). Makes the changed set visible, then brings the other one to the same
 * state, once no reader can reach it any more.
 */
export function kvm_activate_memslot(
  kvm: kvm,
  old: kvm_memory_slot | null,
  new_: kvm_memory_slot | null,
): void {
  const as_id = kvm_memslots_get_as_id(old, new_);

  kvm_swap_active_memslots(kvm, as_id);

  kvm_replace_memslot(kvm, old, new_);
}

/** virt/kvm/kvm_main.c (v6.12). Copies no links: `dest` is in no set yet. */
export function kvm_copy_memslot(dest: kvm_memory_slot, src: kvm_memory_slot): void {
  dest.base_gfn = src.base_gfn;
  dest.npages = src.npages;
  dest.dirty_bitmap = src.dirty_bitmap;
  assign(dest.arch, src.arch);
  dest.userspace_addr = src.userspace_addr;
  dest.flags = src.flags;
  dest.id = src.id;
  dest.as_id = src.as_id;
}

/**
 * virt/kvm/kvm_main.c (v6.12). Returns with slots_arch_lock held again; in between, other threads
 * may have changed the arch part of the slot. Left out: kvm_arch_guest_memory_reclaimed(), which
 * flushes caches of encrypted memory.
 */
export function kvm_invalidate_memslot(
  kvm: kvm,
  old: kvm_memory_slot,
  invalid_slot: kvm_memory_slot,
): void {
  kvm_copy_memslot(invalid_slot, old);
  invalid_slot.flags |= KVM_MEMSLOT_INVALID;
  kvm_replace_memslot(kvm, old, invalid_slot);

  kvm_swap_active_memslots(kvm, old.as_id);

  kvm_arch_flush_shadow_memslot(kvm, old);

  mutex_lock(kvm.slots_arch_lock);

  assign(old.arch, invalid_slot.arch);
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_create_memslot(kvm: kvm, new_: kvm_memory_slot): void {
  kvm_replace_memslot(kvm, null, new_);
  kvm_activate_memslot(kvm, null, new_);
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_delete_memslot(
  kvm: kvm,
  old: kvm_memory_slot,
  invalid_slot: kvm_memory_slot,
): void {
  kvm_replace_memslot(kvm, old, null);
  kvm_activate_memslot(kvm, invalid_slot, null);
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_move_memslot(
  kvm: kvm,
  old: kvm_memory_slot,
  new_: kvm_memory_slot,
  invalid_slot: kvm_memory_slot,
): void {
  kvm_replace_memslot(kvm, old, new_);
  kvm_activate_memslot(kvm, invalid_slot, new_);
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_update_flags_memslot(
  kvm: kvm,
  old: kvm_memory_slot,
  new_: kvm_memory_slot,
): void {
  kvm_replace_memslot(kvm, old, new_);
  kvm_activate_memslot(kvm, old, new_);
}

/** virt/kvm/kvm_main.c (v6.12). Takes slots_arch_lock; the last swap, or an error, drops it. */
export function kvm_set_memslot(
  kvm: kvm,
  old: kvm_memory_slot | null,
  new_: kvm_memory_slot | null,
  change: number,
): number {
  let invalid_slot: kvm_memory_slot | null = null;
  let r: number;

  mutex_lock(kvm.slots_arch_lock);

  if (change === KVM_MR_DELETE || change === KVM_MR_MOVE) {
    invalid_slot = kzalloc(kvm_memory_slot);
    if (invalid_slot === null) {
      mutex_unlock(kvm.slots_arch_lock);
      return -ENOMEM;
    }
    kvm_invalidate_memslot(kvm, old!, invalid_slot);
  }

  // biome-ignore lint/suspicious/noConfusingLabels: an error label of the kernel
  err: {
    r = kvm_prepare_memory_region(kvm, old, new_, change);
    if (r !== 0) break err;

    if (change === KVM_MR_CREATE) kvm_create_memslot(kvm, new_!);
    else if (change === KVM_MR_DELETE) kvm_delete_memslot(kvm, old!, invalid_slot!);
    else if (change === KVM_MR_MOVE) kvm_move_memslot(kvm, old!, new_!, invalid_slot!);
    else if (change === KVM_MR_FLAGS_ONLY) kvm_update_flags_memslot(kvm, old!, new_!);
    else BUG_ON(true);

    if (change === KVM_MR_DELETE || change === KVM_MR_MOVE) kfree(invalid_slot);

    kvm_commit_memory_region(kvm, old, new_, change);

    return 0;
  }
  if (change === KVM_MR_DELETE || change === KVM_MR_MOVE) {
    kvm_activate_memslot(kvm, invalid_slot, old);
    kfree(invalid_slot);
  } else {
    mutex_unlock(kvm.slots_arch_lock);
  }
  return r;
}

/** virt/kvm/kvm_main.c (v6.12). True if a slot of another id holds one of the gfns [start, end). */
export function kvm_check_memslot_overlap(
  slots: kvm_memslots_struct,
  id: number,
  start: gfn_t,
  end: gfn_t,
): boolean {
  const iter: kvm_memslot_iter = { slots: null, node: null, slot: null };

  for (
    kvm_memslot_iter_start(iter, slots, start);
    kvm_memslot_iter_is_valid(iter, end);
    kvm_memslot_iter_next(iter)
  ) {
    if (iter.slot!.id !== id) return true;
  }

  return false;
}

/**
 * virt/kvm/kvm_main.c (v6.12). Must be called with slots_lock held. Left out: tags in the upper
 * bits of addresses, which are no addresses then; and the file that a slot of private memory is
 * bound to: no guest of the model has made its memory private, so none reaches the file.
 */
export function __kvm_set_memory_region(kvm: kvm, mem: kvm_userspace_memory_region2): number {
  let change: number;

  let r = check_memory_region_flags(kvm, mem);
  if (r !== 0) return r;

  const as_id = mem.slot >>> 16;
  const id = u16(mem.slot);

  if ((mem.memory_size & (PAGE_SIZE - 1n)) !== 0n || mem.memory_size !== ulong(mem.memory_size))
    return -EINVAL;
  if ((mem.guest_phys_addr & (PAGE_SIZE - 1n)) !== 0n) return -EINVAL;
  if (
    (mem.userspace_addr & (PAGE_SIZE - 1n)) !== 0n ||
    !access_ok(mem.userspace_addr, mem.memory_size)
  )
    return -EINVAL;
  if (as_id >= kvm_arch_nr_memslot_as_ids(kvm) || id >= KVM_MEM_SLOTS_NUM()) return -EINVAL;
  if (u64(mem.guest_phys_addr + mem.memory_size) < mem.guest_phys_addr) return -EINVAL;
  if (mem.memory_size >> PAGE_SHIFT > KVM_MEM_MAX_NR_PAGES) return -EINVAL;

  const slots = __kvm_memslots(kvm, as_id);

  const old = id_to_memslot(slots, id);

  if (mem.memory_size === 0n) {
    if (old === null || old.npages === 0n) return -EINVAL;

    if (WARN_ON_ONCE(kvm.nr_memslot_pages < old.npages)) return -EIO;

    return kvm_set_memslot(kvm, old, null, KVM_MR_DELETE);
  }

  const base_gfn = mem.guest_phys_addr >> PAGE_SHIFT;
  const npages = mem.memory_size >> PAGE_SHIFT;

  if (old === null || old.npages === 0n) {
    change = KVM_MR_CREATE;

    if (u64(kvm.nr_memslot_pages + npages) < kvm.nr_memslot_pages) return -EINVAL;
  } else {
    if ((mem.flags & KVM_MEM_GUEST_MEMFD) !== 0) return -EINVAL;
    if (
      mem.userspace_addr !== old.userspace_addr ||
      npages !== old.npages ||
      ((mem.flags ^ old.flags) & (KVM_MEM_READONLY | KVM_MEM_GUEST_MEMFD)) !== 0
    )
      return -EINVAL;

    if (base_gfn !== old.base_gfn) change = KVM_MR_MOVE;
    else if (mem.flags !== old.flags) change = KVM_MR_FLAGS_ONLY;
    else return 0;
  }

  if (
    (change === KVM_MR_CREATE || change === KVM_MR_MOVE) &&
    kvm_check_memslot_overlap(slots, id, base_gfn, base_gfn + npages)
  )
    return -EEXIST;

  const new_ = kzalloc(kvm_memory_slot);
  if (new_ === null) return -ENOMEM;

  new_.as_id = as_id;
  new_.id = id;
  new_.base_gfn = base_gfn;
  new_.npages = npages;
  new_.flags = mem.flags;
  new_.userspace_addr = mem.userspace_addr;

  // biome-ignore lint/suspicious/noConfusingLabels: an error label of the kernel
  out: {
    r = kvm_set_memslot(kvm, old, new_, change);
    if (r !== 0) break out;

    return 0;
  }
  kfree(new_);
  return r;
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_set_memory_region(kvm: kvm, mem: kvm_userspace_memory_region2): number {
  mutex_lock(kvm.slots_lock);
  const r = __kvm_set_memory_region(kvm, mem);
  mutex_unlock(kvm.slots_lock);
  return r;
}

/** virt/kvm/kvm_main.c (v6.12). Bits 16 and up of the slot's number are its address space. */
export function kvm_vm_ioctl_set_memory_region(
  kvm: kvm,
  mem: kvm_userspace_memory_region2,
): number {
  if (u16(mem.slot) >= KVM_USER_MEM_SLOTS()) return -EINVAL;

  return kvm_set_memory_region(kvm, mem);
}

/** virt/kvm/kvm_main.c (v6.12). */
export function gfn_to_memslot(kvm: kvm, gfn: gfn_t): kvm_memory_slot | null {
  return __gfn_to_memslot(kvm_memslots(kvm), gfn);
}

/** virt/kvm/kvm_main.c (v6.12). The vCPU's own pointer is good for one generation only. */
export function kvm_vcpu_gfn_to_memslot(vcpu: kvm_vcpu, gfn: gfn_t): kvm_memory_slot | null {
  const slots = kvm_vcpu_memslots(vcpu);
  const gen = slots.generation;

  if (gen !== vcpu.last_used_slot_gen) {
    vcpu.last_used_slot = null;
    vcpu.last_used_slot_gen = gen;
  }

  let slot = try_get_memslot(vcpu.last_used_slot, gfn);
  if (slot !== null) return slot;

  slot = search_memslots(slots, gfn, false);
  if (slot !== null) {
    vcpu.last_used_slot = slot;
    return slot;
  }

  return null;
}

/** virt/kvm/kvm_main.c (v6.12). */
export function memslot_is_readonly(slot: kvm_memory_slot): boolean {
  return (slot.flags & KVM_MEM_READONLY) !== 0;
}

/** virt/kvm/kvm_main.c (v6.12). `nr_pages.n` is C's `*nr_pages`. */
export function __gfn_to_hva_many(
  slot: kvm_memory_slot | null,
  gfn: gfn_t,
  nr_pages: { n: bigint } | null,
  write: boolean,
): hva_t {
  if (slot === null || (slot.flags & KVM_MEMSLOT_INVALID) !== 0) return KVM_HVA_ERR_BAD;

  if (memslot_is_readonly(slot) && write) return KVM_HVA_ERR_RO_BAD();

  if (nr_pages !== null) nr_pages.n = slot.npages - (gfn - slot.base_gfn);

  return __gfn_to_hva_memslot(slot, gfn);
}

/** virt/kvm/kvm_main.c (v6.12). */
export function gfn_to_hva_many(
  slot: kvm_memory_slot | null,
  gfn: gfn_t,
  nr_pages: { n: bigint } | null,
): hva_t {
  return __gfn_to_hva_many(slot, gfn, nr_pages, true);
}

/** virt/kvm/kvm_main.c (v6.12). */
export function gfn_to_hva_memslot(slot: kvm_memory_slot | null, gfn: gfn_t): hva_t {
  return gfn_to_hva_many(slot, gfn, null);
}

/** virt/kvm/kvm_main.c (v6.12). */
export function gfn_to_hva(kvm: kvm, gfn: gfn_t): hva_t {
  return gfn_to_hva_many(gfn_to_memslot(kvm, gfn), gfn, null);
}

/** virt/kvm/kvm_main.c (v6.12). Left out: telling whether the page may be written. */
export function gfn_to_hva_memslot_prot(slot: kvm_memory_slot | null, gfn: gfn_t): hva_t {
  return __gfn_to_hva_many(slot, gfn, null, false);
}

/**
 * virt/kvm/kvm_main.c (v6.12). Left out: pinning, waiting for the page and its errors, because the
 * host of the model has every page of userspace in memory. `write_fault` cannot matter either: all
 * those pages are writable.
 */
export function hva_to_pfn(addr: hva_t): kvm_pfn_t {
  return user_pfn(addr);
}

/**
 * What __gfn_to_pfn_memslot() returns through pointers: whether the page may be written, and its
 * userspace address.
 */
export interface pfn_result {
  writable: boolean;
  hva: hva_t;
}

/** virt/kvm/kvm_main.c (v6.12). Left out: how to wait for the page, as hva_to_pfn() never waits. */
export function __gfn_to_pfn_memslot(
  slot: kvm_memory_slot | null,
  gfn: gfn_t,
  write_fault: boolean,
  result: pfn_result,
): kvm_pfn_t {
  const addr = __gfn_to_hva_many(slot, gfn, null, write_fault);

  result.hva = addr;

  if (kvm_is_error_hva(addr)) {
    result.writable = false;

    return addr === KVM_HVA_ERR_RO_BAD() ? KVM_PFN_ERR_RO_FAULT : KVM_PFN_NOSLOT;
  }

  result.writable = !memslot_is_readonly(slot!);

  return hva_to_pfn(addr);
}

/** virt/kvm/kvm_main.c (v6.12). */
export function next_segment(len: bigint, offset: bigint): bigint {
  if (len > PAGE_SIZE - offset) return PAGE_SIZE - offset;
  return len;
}

/** virt/kvm/kvm_main.c (v6.12). */
export function __kvm_read_guest_page(
  slot: kvm_memory_slot | null,
  gfn: gfn_t,
  data: kernel_buffer,
  offset: bigint,
  len: bigint,
): number {
  if (WARN_ON_ONCE(offset + len > PAGE_SIZE)) return -EFAULT;

  const addr = gfn_to_hva_memslot_prot(slot, gfn);
  if (kvm_is_error_hva(addr)) return -EFAULT;
  const r = __copy_from_user(data, addr + offset, len);
  if (r !== 0n) return -EFAULT;
  return 0;
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_read_guest_page(
  kvm: kvm,
  gfn: gfn_t,
  data: kernel_buffer,
  offset: bigint,
  len: bigint,
): number {
  const slot = gfn_to_memslot(kvm, gfn);

  return __kvm_read_guest_page(slot, gfn, data, offset, len);
}

/** virt/kvm/kvm_main.c (v6.12). Page by page: what fails may have copied the pages before. */
export function kvm_read_guest(kvm: kvm, gpa: gpa_t, data: kernel_buffer, len: bigint): number {
  let gfn = gpa >> PAGE_SHIFT;
  let seg: bigint;
  let offset = offset_in_page(gpa);
  let ret: number;

  for (seg = next_segment(len, offset); seg !== 0n; seg = next_segment(len, offset)) {
    ret = kvm_read_guest_page(kvm, gfn, data, offset, seg);
    if (ret < 0) return ret;
    offset = 0n;
    len -= seg;
    ++gfn;
  }
  return 0;
}

/** virt/kvm/kvm_main.c (v6.12). */
export function __kvm_write_guest_page(
  kvm: kvm,
  memslot: kvm_memory_slot | null,
  gfn: gfn_t,
  data: kernel_buffer,
  offset: bigint,
  len: bigint,
): number {
  if (WARN_ON_ONCE(offset + len > PAGE_SIZE)) return -EFAULT;

  const addr = gfn_to_hva_memslot(memslot, gfn);
  if (kvm_is_error_hva(addr)) return -EFAULT;
  const r = __copy_to_user(addr + offset, data, len);
  if (r !== 0n) return -EFAULT;
  mark_page_dirty_in_slot(kvm, memslot, gfn);
  return 0;
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_write_guest_page(
  kvm: kvm,
  gfn: gfn_t,
  data: kernel_buffer,
  offset: bigint,
  len: bigint,
): number {
  const slot = gfn_to_memslot(kvm, gfn);

  return __kvm_write_guest_page(kvm, slot, gfn, data, offset, len);
}

/** virt/kvm/kvm_main.c (v6.12). Page by page: what fails may have copied the pages before. */
export function kvm_write_guest(kvm: kvm, gpa: gpa_t, data: kernel_buffer, len: bigint): number {
  let gfn = gpa >> PAGE_SHIFT;
  let seg: bigint;
  let offset = offset_in_page(gpa);
  let ret: number;

  for (seg = next_segment(len, offset); seg !== 0n; seg = next_segment(len, offset)) {
    ret = kvm_write_guest_page(kvm, gfn, data, offset, seg);
    if (ret < 0) return ret;
    offset = 0n;
    len -= seg;
    ++gfn;
  }
  return 0;
}

/** virt/kvm/kvm_main.c (v6.12). The number is kept before anything can fail. */
export function __kvm_gfn_to_hva_cache_init(
  slots: kvm_memslots_struct,
  ghc: gfn_to_hva_cache,
  gpa: gpa_t,
  len: bigint,
): number {
  const offset = offset_in_page(gpa);
  let start_gfn = gpa >> PAGE_SHIFT;
  const end_gfn = u64(gpa + len - 1n) >> PAGE_SHIFT;
  const nr_pages_needed = u64(end_gfn - start_gfn + 1n);
  const nr_pages_avail = {} as { n: bigint };

  ghc.generation = slots.generation;

  if (start_gfn > end_gfn) {
    ghc.hva = KVM_HVA_ERR_BAD;
    return -EINVAL;
  }

  for (; start_gfn <= end_gfn; start_gfn += nr_pages_avail.n) {
    ghc.memslot = __gfn_to_memslot(slots, start_gfn);
    ghc.hva = gfn_to_hva_many(ghc.memslot, start_gfn, nr_pages_avail);
    if (kvm_is_error_hva(ghc.hva)) return -EFAULT;
  }

  if (nr_pages_needed === 1n) ghc.hva += offset;
  else ghc.memslot = null;

  ghc.gpa = gpa;
  ghc.len = len;
  return 0;
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_gfn_to_hva_cache_init(
  kvm: kvm,
  ghc: gfn_to_hva_cache,
  gpa: gpa_t,
  len: bigint,
): number {
  const slots = kvm_memslots(kvm);
  return __kvm_gfn_to_hva_cache_init(slots, ghc, gpa, len);
}

/**
 * virt/kvm/kvm_main.c (v6.12). Number and place come from one set of slots, so that they cannot be
 * parted; a number with the flag in it is kept like any other.
 */
export function kvm_write_guest_offset_cached(
  kvm: kvm,
  ghc: gfn_to_hva_cache,
  data: kernel_buffer,
  offset: bigint,
  len: bigint,
): number {
  const slots = kvm_memslots(kvm);
  const gpa = ghc.gpa + offset;

  if (WARN_ON_ONCE(len + offset > ghc.len)) return -EINVAL;

  if (slots.generation !== ghc.generation) {
    if (__kvm_gfn_to_hva_cache_init(slots, ghc, ghc.gpa, ghc.len) !== 0) return -EFAULT;
  }

  if (kvm_is_error_hva(ghc.hva)) return -EFAULT;

  if (ghc.memslot === null) return kvm_write_guest(kvm, gpa, data, len);

  const r = __copy_to_user(ghc.hva + offset, data, len);
  if (r !== 0n) return -EFAULT;
  mark_page_dirty_in_slot(kvm, ghc.memslot, gpa >> PAGE_SHIFT);

  return 0;
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_write_guest_cached(
  kvm: kvm,
  ghc: gfn_to_hva_cache,
  data: kernel_buffer,
  len: bigint,
): number {
  return kvm_write_guest_offset_cached(kvm, ghc, data, 0n, len);
}

/**
 * virt/kvm/kvm_main.c (v6.12). Number and place come from one set of slots, so that they cannot be
 * parted; a number with the flag in it is kept like any other.
 */
export function kvm_read_guest_offset_cached(
  kvm: kvm,
  ghc: gfn_to_hva_cache,
  data: kernel_buffer,
  offset: bigint,
  len: bigint,
): number {
  const slots = kvm_memslots(kvm);
  const gpa = ghc.gpa + offset;

  if (WARN_ON_ONCE(len + offset > ghc.len)) return -EINVAL;

  if (slots.generation !== ghc.generation) {
    if (__kvm_gfn_to_hva_cache_init(slots, ghc, ghc.gpa, ghc.len) !== 0) return -EFAULT;
  }

  if (kvm_is_error_hva(ghc.hva)) return -EFAULT;

  if (ghc.memslot === null) return kvm_read_guest(kvm, gpa, data, len);

  const r = __copy_from_user(data, ghc.hva + offset, len);
  if (r !== 0n) return -EFAULT;

  return 0;
}

/** virt/kvm/kvm_main.c (v6.12). */
export function kvm_read_guest_cached(
  kvm: kvm,
  ghc: gfn_to_hva_cache,
  data: kernel_buffer,
  len: bigint,
): number {
  return kvm_read_guest_offset_cached(kvm, ghc, data, 0n, len);
}

/**
 * virt/kvm/kvm_main.c (v6.12). Left out: the dirty ring, which userspace asks for instead of a
 * bitmap and which holds the same pages.
 */
export function mark_page_dirty_in_slot(
  _kvm: kvm,
  memslot: kvm_memory_slot | null,
  gfn: gfn_t,
): void {
  if (memslot !== null && kvm_slot_dirty_track_enabled(memslot)) {
    const rel_gfn = gfn - memslot.base_gfn;

    if (memslot.dirty_bitmap !== null) log_dirty_page(memslot.id, rel_gfn);
  }
}
