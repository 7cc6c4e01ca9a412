// SPDX-License-Identifier: GPL-2.0-only
// virt/kvm/kvm_main.c: how does userspace change the memory slots of a running VM, and how does a
// guest address become a host page?

import { atomic_set_if_ge } from '#linux/atomic';
import { BUG_ON, WARN_ON, WARN_ON_ONCE } from '#linux/bug';
import { log_dirty_page } from '#linux/dirty-log';
import { EEXIST, EFAULT, EINVAL, ENOMEM } from '#linux/errno';
import { kvzalloc_flex, memcpy_flex } from '#linux/flex';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import { offset_in_page, PAGE_SHIFT, PAGE_SIZE } from '#linux/page';
import { rcu_assign_pointer } from '#linux/rcupdate';
import { kvfree } from '#linux/slab';
import { init_srcu_struct, synchronize_srcu_expedited } from '#linux/srcu';
import { static_object } from '#linux/static';
import { assign } from '#linux/string';
import { u16, u64 } from '#linux/types';
import {
  __copy_from_user,
  __copy_to_user,
  access_ok,
  type kernel_buffer,
  user_pfn,
} from '#linux/uaccess';
import {
  KVM_MEM_LOG_DIRTY_PAGES,
  KVM_MEM_READONLY,
  type kvm_userspace_memory_region,
} from '../../../v3.16/include/uapi/linux/kvm.ts';
import {
  KVM_ADDRESS_SPACE_NUM,
  KVM_MEM_SLOTS_NUM,
  KVM_USER_MEM_SLOTS,
} from '../../arch/x86/include/asm/kvm_host.ts';
import {
  kvm_arch_commit_memory_region,
  kvm_arch_flush_shadow_memslot,
  kvm_arch_free_memslot,
  kvm_arch_memslots_updated,
  kvm_arch_prepare_memory_region,
} from '../../arch/x86/kvm/x86.ts';
import {
  __gfn_to_hva_memslot,
  __gfn_to_memslot,
  __kvm_memslots,
  id_to_memslot,
  KVM_HVA_ERR_BAD,
  KVM_HVA_ERR_RO_BAD,
  KVM_MEM_MAX_NR_PAGES,
  KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS,
  KVM_MEMSLOT_INVALID,
  KVM_MR_CREATE,
  KVM_MR_DELETE,
  KVM_MR_FLAGS_ONLY,
  KVM_MR_MOVE,
  KVM_PFN_ERR_RO_FAULT,
  KVM_PFN_NOSLOT,
  kvm_is_error_hva,
  kvm_memory_slot,
  kvm_memslots,
  kvm_memslots_struct,
  kvm_slot_dirty_track_enabled,
  kvm as kvm_struct,
  type kvm_vcpu,
  kvm_vcpu_memslots,
} from '../../include/linux/kvm_host.ts';
import type {
  gfn_t,
  gfn_to_hva_cache,
  gpa_t,
  hva_t,
  kvm_pfn_t,
} from '../../include/linux/kvm_types.ts';

type kvm = kvm_struct;

/** virt/kvm/kvm_main.c (v5.11). */
export function kvm_alloc_memslots(): kvm_memslots_struct | null {
  const slots = kvzalloc_flex(kvm_memslots_struct, 0);
  if (slots === null) return null;

  for (let i = 0; i < KVM_MEM_SLOTS_NUM(); i++) slots.id_to_index[i] = -1;

  return slots;
}

/** virt/kvm/kvm_main.c (v5.11). Frees what a slot owns. Left out: the dirty bitmap. */
export function kvm_free_memslot(kvm: kvm, slot: kvm_memory_slot): void {
  kvm_arch_free_memslot(kvm, slot);

  slot.flags = 0;
  slot.npages = 0n;
}

/** virt/kvm/kvm_main.c (v5.11). */
export function kvm_free_memslots(kvm: kvm, slots: kvm_memslots_struct | null): void {
  if (slots === null) return;

  for (let i = 0; i < slots.used_slots; i++) {
    const memslot = slots.memslots[i]!;
    if (WARN_ON_ONCE(memslot.npages === 0n)) continue;
    kvm_free_memslot(kvm, memslot);
  }

  kvfree(slots);
}

/**
 * virt/kvm/kvm_main.c (v5.11). Left out: devices, buses, notifiers, reference counts and the list
 * of VMs, none of which an access to memory or a change of slots reads. Returns null where the
 * kernel returns -ENOMEM.
 */
export function kvm_create_vm(): kvm | null {
  const kvm = static_object(kvm_struct);

  // biome-ignore lint/suspicious/noConfusingLabels: an error label of the kernel
  out_err_no_srcu: {
    // biome-ignore lint/suspicious/noConfusingLabels: an error label of the kernel
    out_err_no_arch_destroy_vm: {
      if (init_srcu_struct(kvm.srcu) !== 0) break out_err_no_srcu;

      for (let i = 0; i < KVM_ADDRESS_SPACE_NUM(); i++) {
        const slots = kvm_alloc_memslots();

        if (slots === null) break out_err_no_arch_destroy_vm;
        slots.generation = BigInt(i);
        rcu_assign_pointer(kvm.memslots.$[i]!, slots);
      }

      return kvm;
    }
    for (let i = 0; i < KVM_ADDRESS_SPACE_NUM(); i++)
      kvm_free_memslots(kvm, __kvm_memslots(kvm, i));
  }
  return null;
}

/**
 * virt/kvm/kvm_main.c (v5.11). Nobody uses the VM any more. Left out: whatever owns no memory of
 * slots; the deletion of slots that KVM made for itself, whose memory the kernel gives back there
 * and the model with the rest; and struct kvm itself, at which nobody looks then.
 */
export function kvm_destroy_vm(kvm: kvm): void {
  for (let i = 0; i < KVM_ADDRESS_SPACE_NUM(); i++) kvm_free_memslots(kvm, __kvm_memslots(kvm, i));
}

/**
 * virt/kvm/kvm_main.c (v5.11). The entries behind the slot move up by one; the slot itself goes
 * behind the last that is used, where there is room for it.
 */
export function kvm_memslot_delete(slots: kvm_memslots_struct, memslot: kvm_memory_slot): void {
  const mslots = slots.memslots;
  let i: number;

  if (WARN_ON(slots.id_to_index[memslot.id] === -1)) return;

  slots.used_slots--;

  atomic_set_if_ge(slots.lru_slot, slots.used_slots, 0);

  for (i = slots.id_to_index[memslot.id]!; i < slots.used_slots; i++) {
    assign(mslots[i]!, mslots[i + 1]!);
    slots.id_to_index[mslots[i]!.id] = i;
  }
  assign(mslots[i]!, memslot);
  slots.id_to_index[memslot.id] = -1;
}

/** virt/kvm/kvm_main.c (v5.11). Returns the index of the entry that is taken into use. */
export function kvm_memslot_insert_back(slots: kvm_memslots_struct): number {
  return slots.used_slots++;
}

/**
 * virt/kvm/kvm_main.c (v5.11). Moves entries with a higher base_gfn towards the front, over the
 * place of the slot; returns the index that is then free for it, or -1.
 */
export function kvm_memslot_move_backward(
  slots: kvm_memslots_struct,
  memslot: kvm_memory_slot,
): number {
  const mslots = slots.memslots;
  let i: number;

  if (WARN_ON_ONCE(slots.id_to_index[memslot.id] === -1) || WARN_ON_ONCE(slots.used_slots === 0))
    return -1;

  for (i = slots.id_to_index[memslot.id]!; i < slots.used_slots - 1; i++) {
    if (memslot.base_gfn > mslots[i + 1]!.base_gfn) break;

    WARN_ON_ONCE(memslot.base_gfn === mslots[i + 1]!.base_gfn);

    assign(mslots[i]!, mslots[i + 1]!);
    slots.id_to_index[mslots[i]!.id] = i;
  }
  return i;
}

/**
 * virt/kvm/kvm_main.c (v5.11). Moves entries with a lower base_gfn towards the back, over the free
 * place at `start`; returns the index that is then free.
 */
export function kvm_memslot_move_forward(
  slots: kvm_memslots_struct,
  memslot: kvm_memory_slot,
  start: number,
): number {
  const mslots = slots.memslots;
  let i: number;

  for (i = start; i > 0; i--) {
    if (memslot.base_gfn < mslots[i - 1]!.base_gfn) break;

    WARN_ON_ONCE(memslot.base_gfn === mslots[i - 1]!.base_gfn);

    assign(mslots[i]!, mslots[i - 1]!);
    slots.id_to_index[mslots[i]!.id] = i;
  }
  return i;
}

/** virt/kvm/kvm_main.c (v5.11). Slots are in order of falling base_gfn. */
export function update_memslots(
  slots: kvm_memslots_struct,
  memslot: kvm_memory_slot,
  change: number,
): void {
  let i: number;

  if (change === KVM_MR_DELETE) {
    kvm_memslot_delete(slots, memslot);
  } else {
    if (change === KVM_MR_CREATE) i = kvm_memslot_insert_back(slots);
    else i = kvm_memslot_move_backward(slots, memslot);
    i = kvm_memslot_move_forward(slots, memslot, i);

    assign(slots.memslots[i]!, memslot);
    slots.id_to_index[memslot.id] = i;
  }
}

/** virt/kvm/kvm_main.c (v5.11). */
export function check_memory_region_flags(mem: kvm_userspace_memory_region): number {
  let valid_flags = KVM_MEM_LOG_DIRTY_PAGES;

  valid_flags |= KVM_MEM_READONLY;

  if ((mem.flags & ~valid_flags) !== 0) return -EINVAL;

  return 0;
}

/**
 * virt/kvm/kvm_main.c (v5.11). The number has the flag from before the new set is published until
 * all readers of the old one are gone. Each address space counts by their number, from its own
 * start, so no number is used in two. Who has to forget what holds a number that comes again is
 * told before anybody can see that number.
 */
export function install_new_memslots(
  kvm: kvm,
  as_id: number,
  slots: kvm_memslots_struct,
): kvm_memslots_struct {
  const old_memslots = __kvm_memslots(kvm, as_id);
  let gen = old_memslots.generation;

  WARN_ON((gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS) !== 0n);
  slots.generation = gen | KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS;

  rcu_assign_pointer(kvm.memslots.$[as_id]!, slots);
  synchronize_srcu_expedited(kvm.srcu);

  gen = slots.generation & ~KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS;

  gen += BigInt(KVM_ADDRESS_SPACE_NUM());

  kvm_arch_memslots_updated(kvm, gen);

  slots.generation = gen;

  return old_memslots;
}

/**
 * virt/kvm/kvm_main.c (v5.11). A copy with room for one slot more if one is created. For a deletion
 * it is as long as before, as the invalid slot is installed first.
 */
export function kvm_dup_memslots(
  old: kvm_memslots_struct,
  change: number,
): kvm_memslots_struct | null {
  const old_size = old.used_slots;
  let new_size: number;

  if (change === KVM_MR_CREATE) new_size = old_size + 1;
  else new_size = old_size;

  const slots = kvzalloc_flex(kvm_memslots_struct, new_size);
  if (slots !== null) memcpy_flex(slots, old, old_size);

  return slots;
}

/** virt/kvm/kvm_main.c (v5.11). A failure puts the old set back. */
export function kvm_set_memslot(
  kvm: kvm,
  mem: kvm_userspace_memory_region,
  old: kvm_memory_slot,
  new_: kvm_memory_slot,
  as_id: number,
  change: number,
): number {
  let slots: kvm_memslots_struct | null;
  let r: number;

  slots = kvm_dup_memslots(__kvm_memslots(kvm, as_id), change);
  if (slots === null) return -ENOMEM;

  // biome-ignore lint/suspicious/noConfusingLabels: an error label of the kernel
  out_slots: {
    if (change === KVM_MR_DELETE || change === KVM_MR_MOVE) {
      const slot = id_to_memslot(slots, old.id)!;
      slot.flags |= KVM_MEMSLOT_INVALID;

      slots = install_new_memslots(kvm, as_id, slots);

      kvm_arch_flush_shadow_memslot(kvm, slot);
    }

    r = kvm_arch_prepare_memory_region(kvm, new_, mem, change);
    if (r !== 0) break out_slots;

    update_memslots(slots, new_, change);
    slots = install_new_memslots(kvm, as_id, slots);

    kvm_arch_commit_memory_region(kvm, mem, old, new_, change);

    kvfree(slots);
    return 0;
  }
  if (change === KVM_MR_DELETE || change === KVM_MR_MOVE)
    slots = install_new_memslots(kvm, as_id, slots);
  kvfree(slots);
  return r;
}

/** virt/kvm/kvm_main.c (v5.11). */
export function kvm_delete_memslot(
  kvm: kvm,
  mem: kvm_userspace_memory_region,
  old: kvm_memory_slot,
  as_id: number,
): number {
  const new_ = kvm_memory_slot.local();

  if (old.npages === 0n) return -EINVAL;

  new_.id = old.id;
  new_.as_id = as_id;

  const r = kvm_set_memslot(kvm, mem, old, new_, as_id, KVM_MR_DELETE);
  if (r !== 0) return r;

  kvm_free_memslot(kvm, old);
  return 0;
}

/**
 * virt/kvm/kvm_main.c (v5.11). Must be called with slots_lock held. Bits 16 and up of the slot are
 * the address space. Left out: the dirty bitmap, as what the guest writes is not followed; and tags
 * in addresses of userspace, which x86 has not.
 */
export function __kvm_set_memory_region(kvm: kvm, mem: kvm_userspace_memory_region): number {
  const old = kvm_memory_slot.local();
  const new_ = kvm_memory_slot.local();
  let tmp: kvm_memory_slot | null;
  let change: number;
  let r: number;

  r = check_memory_region_flags(mem);
  if (r !== 0) return r;

  const as_id = mem.slot >>> 16;
  const id = u16(mem.slot);

  if ((mem.memory_size & (PAGE_SIZE - 1n)) !== 0n) return -EINVAL;
  if ((mem.guest_phys_addr & (PAGE_SIZE - 1n)) !== 0n) return -EINVAL;
  if (
    (mem.userspace_addr & (PAGE_SIZE - 1n)) !== 0n ||
    !access_ok(mem.userspace_addr, mem.memory_size)
  )
    return -EINVAL;
  if (as_id >= KVM_ADDRESS_SPACE_NUM() || id >= KVM_MEM_SLOTS_NUM()) return -EINVAL;
  if (u64(mem.guest_phys_addr + mem.memory_size) < mem.guest_phys_addr) return -EINVAL;

  tmp = id_to_memslot(__kvm_memslots(kvm, as_id), id);
  if (tmp !== null) {
    assign(old, tmp);
    tmp = null;
  } else {
    old.id = id;
  }

  if (mem.memory_size === 0n) return kvm_delete_memslot(kvm, mem, old, as_id);

  new_.as_id = as_id;
  new_.id = id;
  new_.base_gfn = mem.guest_phys_addr >> PAGE_SHIFT;
  new_.npages = mem.memory_size >> PAGE_SHIFT;
  new_.flags = mem.flags;
  new_.userspace_addr = mem.userspace_addr;

  if (new_.npages > KVM_MEM_MAX_NR_PAGES) return -EINVAL;

  if (old.npages === 0n) {
    change = KVM_MR_CREATE;
    new_.arch.rmap = null;
  } else {
    if (
      new_.userspace_addr !== old.userspace_addr ||
      new_.npages !== old.npages ||
      ((new_.flags ^ old.flags) & KVM_MEM_READONLY) !== 0
    )
      return -EINVAL;

    if (new_.base_gfn !== old.base_gfn) change = KVM_MR_MOVE;
    else if (new_.flags !== old.flags) change = KVM_MR_FLAGS_ONLY;
    else return 0;

    assign(new_.arch, old.arch);
  }

  if (change === KVM_MR_CREATE || change === KVM_MR_MOVE) {
    const slots = __kvm_memslots(kvm, as_id);
    for (let i = 0; i < slots.used_slots; i++) {
      tmp = slots.memslots[i]!;
      if (WARN_ON_ONCE(tmp.npages === 0n)) continue;
      if (tmp.id === id) continue;
      if (
        !(new_.base_gfn + new_.npages <= tmp.base_gfn || new_.base_gfn >= tmp.base_gfn + tmp.npages)
      )
        return -EEXIST;
    }
  }

  r = kvm_set_memslot(kvm, mem, old, new_, as_id, change);
  return r;
}

/** virt/kvm/kvm_main.c (v5.11). */
export function kvm_set_memory_region(kvm: kvm, mem: kvm_userspace_memory_region): number {
  mutex_lock(kvm.slots_lock);
  const r = __kvm_set_memory_region(kvm, mem);
  mutex_unlock(kvm.slots_lock);
  return r;
}

/** virt/kvm/kvm_main.c (v5.11). */
export function kvm_vm_ioctl_set_memory_region(kvm: kvm, mem: kvm_userspace_memory_region): number {
  if (u16(mem.slot) >= KVM_USER_MEM_SLOTS()) return -EINVAL;

  return kvm_set_memory_region(kvm, mem);
}

/** virt/kvm/kvm_main.c (v5.11). Address space 0. */
export function gfn_to_memslot(kvm: kvm, gfn: gfn_t): kvm_memory_slot | null {
  return __gfn_to_memslot(kvm_memslots(kvm), gfn);
}

/** virt/kvm/kvm_main.c (v5.11). The address space of the vCPU's mode. */
export function kvm_vcpu_gfn_to_memslot(vcpu: kvm_vcpu, gfn: gfn_t): kvm_memory_slot | null {
  return __gfn_to_memslot(kvm_vcpu_memslots(vcpu), gfn);
}

/** virt/kvm/kvm_main.c (v5.11). */
export function memslot_is_readonly(slot: kvm_memory_slot): boolean {
  return (slot.flags & KVM_MEM_READONLY) !== 0;
}

/** virt/kvm/kvm_main.c (v5.11). `nr_pages.n` is C's `*nr_pages`. */
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

/** virt/kvm/kvm_main.c (v5.11). */
export function gfn_to_hva_many(
  slot: kvm_memory_slot | null,
  gfn: gfn_t,
  nr_pages: { n: bigint } | null,
): hva_t {
  return __gfn_to_hva_many(slot, gfn, nr_pages, true);
}

/** virt/kvm/kvm_main.c (v5.11). */
export function gfn_to_hva_memslot(slot: kvm_memory_slot | null, gfn: gfn_t): hva_t {
  return gfn_to_hva_many(slot, gfn, null);
}

/** virt/kvm/kvm_main.c (v5.11). */
export function gfn_to_hva(kvm: kvm, gfn: gfn_t): hva_t {
  return gfn_to_hva_many(gfn_to_memslot(kvm, gfn), gfn, null);
}

/** virt/kvm/kvm_main.c (v5.11). Left out: telling whether the page may be written. */
export function gfn_to_hva_memslot_prot(slot: kvm_memory_slot | null, gfn: gfn_t): hva_t {
  return __gfn_to_hva_many(slot, gfn, null, false);
}

/**
 * What __gfn_to_pfn_memslot() returns through pointers: the page, and whether it may be written.
 */
export interface pfn_result {
  pfn: kvm_pfn_t;
  writable: boolean;
}

/**
 * virt/kvm/kvm_main.c (v5.11). Left out: pinning, waiting for the page and its errors, because the
 * host of the model has every page of userspace in memory. `write_fault` cannot matter either: all
 * those pages are writable.
 */
export function hva_to_pfn(addr: hva_t, writable: pfn_result | null): kvm_pfn_t {
  if (writable !== null) writable.writable = true;

  return user_pfn(addr);
}

/**
 * virt/kvm/kvm_main.c (v5.11). An invalid slot counts as none: a fault on it is handled as MMIO.
 * Left out: `atomic` and `async`, which are about pages that must be waited for.
 */
export function __gfn_to_pfn_memslot(
  slot: kvm_memory_slot | null,
  gfn: gfn_t,
  write_fault: boolean,
  writable: pfn_result | null,
): kvm_pfn_t {
  const addr = __gfn_to_hva_many(slot, gfn, null, write_fault);

  if (addr === KVM_HVA_ERR_RO_BAD()) {
    if (writable !== null) writable.writable = false;
    return KVM_PFN_ERR_RO_FAULT;
  }

  if (kvm_is_error_hva(addr)) {
    if (writable !== null) writable.writable = false;
    return KVM_PFN_NOSLOT;
  }

  if (writable !== null && memslot_is_readonly(slot!)) {
    writable.writable = false;
    writable = null;
  }

  return hva_to_pfn(addr, writable);
}

/** virt/kvm/kvm_main.c (v5.11). */
export function next_segment(len: bigint, offset: bigint): bigint {
  if (len > PAGE_SIZE - offset) return PAGE_SIZE - offset;
  return len;
}

/** virt/kvm/kvm_main.c (v5.11). */
export function __kvm_read_guest_page(
  slot: kvm_memory_slot | null,
  gfn: gfn_t,
  data: kernel_buffer,
  offset: bigint,
  len: bigint,
): number {
  const addr = gfn_to_hva_memslot_prot(slot, gfn);
  if (kvm_is_error_hva(addr)) return -EFAULT;
  const r = __copy_from_user(data, addr + offset, len);
  if (r !== 0n) return -EFAULT;
  return 0;
}

/** virt/kvm/kvm_main.c (v5.11). */
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

/** virt/kvm/kvm_main.c (v5.11). Page by page: what fails may have copied the pages before. */
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

/** virt/kvm/kvm_main.c (v5.11). */
export function __kvm_write_guest_page(
  kvm: kvm,
  memslot: kvm_memory_slot | null,
  gfn: gfn_t,
  data: kernel_buffer,
  offset: bigint,
  len: bigint,
): number {
  const addr = gfn_to_hva_memslot(memslot, gfn);
  if (kvm_is_error_hva(addr)) return -EFAULT;
  const r = __copy_to_user(addr + offset, data, len);
  if (r !== 0n) return -EFAULT;
  mark_page_dirty_in_slot(kvm, memslot, gfn);
  return 0;
}

/** virt/kvm/kvm_main.c (v5.11). */
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

/** virt/kvm/kvm_main.c (v5.11). Page by page: what fails may have copied the pages before. */
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

/** virt/kvm/kvm_main.c (v5.11). The number is kept before anything can fail. */
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

/** virt/kvm/kvm_main.c (v5.11). */
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
 * virt/kvm/kvm_main.c (v5.11). Number and place come from one set of slots, so that they cannot be
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

  BUG_ON(len + offset > ghc.len);

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

/** virt/kvm/kvm_main.c (v5.11). */
export function kvm_write_guest_cached(
  kvm: kvm,
  ghc: gfn_to_hva_cache,
  data: kernel_buffer,
  len: bigint,
): number {
  return kvm_write_guest_offset_cached(kvm, ghc, data, 0n, len);
}

/**
 * virt/kvm/kvm_main.c (v5.11). Number and place come from one set of slots, so that they cannot be
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

  BUG_ON(len + offset > ghc.len);

  if (slots.generation !== ghc.generation) {
    if (__kvm_gfn_to_hva_cache_init(slots, ghc, ghc.gpa, ghc.len) !== 0) return -EFAULT;
  }

  if (kvm_is_error_hva(ghc.hva)) return -EFAULT;

  if (ghc.memslot === null) return kvm_read_guest(kvm, gpa, data, len);

  const r = __copy_from_user(data, ghc.hva + offset, len);
  if (r !== 0n) return -EFAULT;

  return 0;
}

/** virt/kvm/kvm_main.c (v5.11). */
export function kvm_read_guest_cached(
  kvm: kvm,
  ghc: gfn_to_hva_cache,
  data: kernel_buffer,
  len: bigint,
): number {
  return kvm_read_guest_offset_cached(kvm, ghc, data, 0n, len);
}

/**
 * virt/kvm/kvm_main.c (v5.11). Left out: the dirty ring, which userspace asks for instead of a
 * bitmap and which holds the same pages. A slot that is logged has a bitmap; the model has not.
 */
export function mark_page_dirty_in_slot(
  _kvm: kvm,
  memslot: kvm_memory_slot | null,
  gfn: gfn_t,
): void {
  if (memslot !== null && kvm_slot_dirty_track_enabled(memslot)) {
    const rel_gfn = gfn - memslot.base_gfn;

    log_dirty_page(memslot.id, rel_gfn);
  }
}
