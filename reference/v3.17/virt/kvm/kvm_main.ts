// SPDX-License-Identifier: GPL-2.0-only
// virt/kvm/kvm_main.c: how does userspace change the memory slots of a running VM, and how does a
// guest address become a host page?

import { BUG_ON, WARN_ON } from '#linux/bug';
import { log_dirty_page } from '#linux/dirty-log';
import { EEXIST, EFAULT, EINVAL, ENOMEM } from '#linux/errno';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import { offset_in_page, PAGE_SHIFT, PAGE_SIZE } from '#linux/page';
import { rcu_assign_pointer } from '#linux/rcupdate';
import { kfree, kmemdup, kzalloc } from '#linux/slab';
import { sort } from '#linux/sort';
import { init_srcu_struct, synchronize_srcu_expedited } from '#linux/srcu';
import { static_object } from '#linux/static';
import { assign } from '#linux/string';
import { u64 } from '#linux/types';
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
import { KVM_USER_MEM_SLOTS } from '../../arch/x86/include/asm/kvm_host.ts';
import {
  kvm_arch_commit_memory_region,
  kvm_arch_create_memslot,
  kvm_arch_flush_shadow_memslot,
  kvm_arch_free_memslot,
  kvm_arch_memslots_updated,
  kvm_arch_prepare_memory_region,
} from '../../arch/x86/kvm/x86.ts';
import {
  __gfn_to_hva_memslot,
  __gfn_to_memslot,
  id_to_memslot,
  KVM_HVA_ERR_BAD,
  KVM_HVA_ERR_RO_BAD,
  KVM_MEM_MAX_NR_PAGES,
  KVM_MEM_SLOTS_NUM,
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
  kvm as kvm_struct,
} from '../../include/linux/kvm_host.ts';
import type {
  gfn_t,
  gfn_to_hva_cache,
  gpa_t,
  hva_t,
  pfn_t,
} from '../../include/linux/kvm_types.ts';

type kvm = kvm_struct;

/** virt/kvm/kvm_main.c (v3.17). */
export function kvm_init_memslots_id(kvm: kvm): void {
  const slots = kvm.memslots!;

  for (let i = 0; i < KVM_MEM_SLOTS_NUM(); i++) {
    slots.memslots[i]!.id = i;
    slots.id_to_index[i] = i;
  }
}

/**
 * virt/kvm/kvm_main.c (v3.17). Left out: devices, buses, notifiers, reference counts and the list
 * of VMs, none of which an access to memory or a change of slots reads. Returns null where the
 * kernel returns -ENOMEM.
 */
export function kvm_create_vm(): kvm | null {
  const kvm = static_object(kvm_struct);

  kvm.memslots = kzalloc(kvm_memslots_struct);
  if (kvm.memslots === null) return null;

  kvm.memslots.generation = -150n;

  kvm_init_memslots_id(kvm);
  if (init_srcu_struct(kvm.srcu) !== 0) return null;

  return kvm;
}

/**
 * virt/kvm/kvm_main.c (v3.17). Frees what `free` owns and `dont` does not. Left out: the dirty
 * bitmap.
 */
export function kvm_free_physmem_slot(
  kvm: kvm,
  free: kvm_memory_slot,
  dont: kvm_memory_slot | null,
): void {
  kvm_arch_free_memslot(kvm, free, dont);

  free.npages = 0n;
}

/** virt/kvm/kvm_main.c (v3.17). Entries behind the first that is unused own nothing. */
export function kvm_free_physmem(kvm: kvm): void {
  const slots = kvm.memslots!;

  for (let i = 0; i < KVM_MEM_SLOTS_NUM() && slots.memslots[i]!.npages !== 0n; i++)
    kvm_free_physmem_slot(kvm, slots.memslots[i]!, null);

  kfree(kvm.memslots);
}

/**
 * virt/kvm/kvm_main.c (v3.17). Nobody uses the VM any more. Left out: whatever owns no memory of
 * slots; the deletion of slots that KVM made for itself, whose memory the kernel gives back there
 * and the model with the rest; and struct kvm itself, at which nobody looks then.
 */
export function kvm_destroy_vm(kvm: kvm): void {
  kvm_free_physmem(kvm);
}

/** virt/kvm/kvm_main.c (v3.17). */
export function cmp_memslot(s1: kvm_memory_slot, s2: kvm_memory_slot): number {
  if (s1.npages < s2.npages) return 1;
  if (s1.npages > s2.npages) return -1;

  return 0;
}

/** virt/kvm/kvm_main.c (v3.17). */
export function sort_memslots(slots: kvm_memslots_struct): void {
  sort(slots.memslots, KVM_MEM_SLOTS_NUM(), cmp_memslot);

  for (let i = 0; i < KVM_MEM_SLOTS_NUM(); i++) slots.id_to_index[slots.memslots[i]!.id] = i;
}

/** virt/kvm/kvm_main.c (v3.17). `new_` is C's `new`. */
export function update_memslots(slots: kvm_memslots_struct, new_: kvm_memory_slot | null): void {
  if (new_ !== null) {
    const id = new_.id;
    const old = id_to_memslot(slots, id);
    const npages = old.npages;

    assign(old, new_);
    if (new_.npages !== npages) sort_memslots(slots);
  }
}

/** virt/kvm/kvm_main.c (v3.17). */
export function check_memory_region_flags(mem: kvm_userspace_memory_region): number {
  let valid_flags = KVM_MEM_LOG_DIRTY_PAGES;

  valid_flags |= KVM_MEM_READONLY;

  if ((mem.flags & ~valid_flags) !== 0) return -EINVAL;

  return 0;
}

/**
 * virt/kvm/kvm_main.c (v3.17). The number is odd from before the new set is published until all
 * readers of the old one are gone; what they tagged with it is never valid again.
 */
export function install_new_memslots(
  kvm: kvm,
  slots: kvm_memslots_struct,
  new_: kvm_memory_slot | null,
): kvm_memslots_struct {
  const old_memslots = kvm.memslots!;

  WARN_ON((old_memslots.generation & 1n) !== 0n);
  slots.generation = old_memslots.generation + 1n;

  update_memslots(slots, new_);
  rcu_assign_pointer(kvm.$.memslots, slots);
  synchronize_srcu_expedited(kvm.srcu);

  slots.generation++;

  kvm_arch_memslots_updated(kvm);

  return old_memslots;
}

/**
 * virt/kvm/kvm_main.c (v3.17). Must be called with slots_lock held. Left out: the dirty bitmap (the
 * guest of the model only reads) and the IOMMU's mappings (no device is assigned). As in the kernel
 * of this era, an error of kvm_arch_prepare_memory_region() leaves the set with the invalid slot
 * installed.
 */
export function __kvm_set_memory_region(kvm: kvm, mem: kvm_userspace_memory_region): number {
  let r: number;
  let slot: kvm_memory_slot;
  const old = kvm_memory_slot.local();
  const new_ = kvm_memory_slot.local();
  let slots: kvm_memslots_struct | null = null;
  let old_memslots: kvm_memslots_struct;
  let change: number;

  // biome-ignore lint/suspicious/noConfusingLabels: an error label of the kernel
  out: {
    // biome-ignore lint/suspicious/noConfusingLabels: an error label of the kernel
    out_free: {
      // biome-ignore lint/suspicious/noConfusingLabels: an error label of the kernel
      out_slots: {
        r = check_memory_region_flags(mem);
        if (r !== 0) break out;

        r = -EINVAL;
        if ((mem.memory_size & (PAGE_SIZE - 1n)) !== 0n) break out;
        if ((mem.guest_phys_addr & (PAGE_SIZE - 1n)) !== 0n) break out;
        if (
          mem.slot < KVM_USER_MEM_SLOTS() &&
          ((mem.userspace_addr & (PAGE_SIZE - 1n)) !== 0n ||
            !access_ok(mem.userspace_addr, mem.memory_size))
        )
          break out;
        if (mem.slot >= KVM_MEM_SLOTS_NUM()) break out;
        if (u64(mem.guest_phys_addr + mem.memory_size) < mem.guest_phys_addr) break out;

        slot = id_to_memslot(kvm.memslots!, mem.slot);
        const base_gfn = mem.guest_phys_addr >> PAGE_SHIFT;
        const npages = mem.memory_size >> PAGE_SHIFT;

        r = -EINVAL;
        if (npages > KVM_MEM_MAX_NR_PAGES) break out;

        if (npages === 0n) mem.flags &= ~KVM_MEM_LOG_DIRTY_PAGES;

        assign(old, slot);
        assign(new_, old);

        new_.id = mem.slot;
        new_.base_gfn = base_gfn;
        new_.npages = npages;
        new_.flags = mem.flags;

        r = -EINVAL;
        if (npages !== 0n) {
          if (old.npages === 0n) change = KVM_MR_CREATE;
          else {
            if (
              mem.userspace_addr !== old.userspace_addr ||
              npages !== old.npages ||
              ((new_.flags ^ old.flags) & KVM_MEM_READONLY) !== 0
            )
              break out;

            if (base_gfn !== old.base_gfn) change = KVM_MR_MOVE;
            else if (new_.flags !== old.flags) change = KVM_MR_FLAGS_ONLY;
            else {
              r = 0;
              break out;
            }
          }
        } else if (old.npages !== 0n) {
          change = KVM_MR_DELETE;
        } else break out;

        if (change === KVM_MR_CREATE || change === KVM_MR_MOVE) {
          r = -EEXIST;
          const memslots = kvm.memslots!;
          for (let i = 0; i < KVM_MEM_SLOTS_NUM() && memslots.memslots[i]!.npages !== 0n; i++) {
            slot = memslots.memslots[i]!;
            if (slot.id >= KVM_USER_MEM_SLOTS() || slot.id === mem.slot) continue;
            if (!(base_gfn + npages <= slot.base_gfn || base_gfn >= slot.base_gfn + slot.npages))
              break out;
          }
        }

        r = -ENOMEM;
        if (change === KVM_MR_CREATE) {
          new_.userspace_addr = mem.userspace_addr;

          if (kvm_arch_create_memslot(kvm, new_, npages) !== 0) break out_free;
        }

        if (change === KVM_MR_DELETE || change === KVM_MR_MOVE) {
          r = -ENOMEM;
          slots = kmemdup(kvm.memslots!);
          if (slots === null) break out_free;
          slot = id_to_memslot(slots, mem.slot);
          slot.flags |= KVM_MEMSLOT_INVALID;

          old_memslots = install_new_memslots(kvm, slots, null);

          kvm_arch_flush_shadow_memslot(kvm, slot);
          slots = old_memslots;
        }

        r = kvm_arch_prepare_memory_region(kvm, new_, mem, change);
        if (r !== 0) break out_slots;

        r = -ENOMEM;
        if (slots === null) {
          slots = kmemdup(kvm.memslots!);
          if (slots === null) break out_free;
        }

        if (change === KVM_MR_DELETE) new_.arch.rmap = null;

        old_memslots = install_new_memslots(kvm, slots, new_);

        kvm_arch_commit_memory_region(kvm, mem, old, change);

        kvm_free_physmem_slot(kvm, old, new_);
        kfree(old_memslots);

        return 0;
      }
      kfree(slots);
    }
    kvm_free_physmem_slot(kvm, new_, old);
  }
  return r;
}

/** virt/kvm/kvm_main.c (v3.17). */
export function kvm_set_memory_region(kvm: kvm, mem: kvm_userspace_memory_region): number {
  mutex_lock(kvm.slots_lock);
  const r = __kvm_set_memory_region(kvm, mem);
  mutex_unlock(kvm.slots_lock);
  return r;
}

/** virt/kvm/kvm_main.c (v3.17). */
export function kvm_vm_ioctl_set_memory_region(kvm: kvm, mem: kvm_userspace_memory_region): number {
  if (mem.slot >= KVM_USER_MEM_SLOTS()) return -EINVAL;
  return kvm_set_memory_region(kvm, mem);
}

/** virt/kvm/kvm_main.c (v3.17). */
export function gfn_to_memslot(kvm: kvm, gfn: gfn_t): kvm_memory_slot | null {
  return __gfn_to_memslot(kvm_memslots(kvm), gfn);
}

/** virt/kvm/kvm_main.c (v3.17). */
export function memslot_is_readonly(slot: kvm_memory_slot): boolean {
  return (slot.flags & KVM_MEM_READONLY) !== 0;
}

/** virt/kvm/kvm_main.c (v3.17). `nr_pages.n` is C's `*nr_pages`. */
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

/** virt/kvm/kvm_main.c (v3.17). */
export function gfn_to_hva_many(
  slot: kvm_memory_slot | null,
  gfn: gfn_t,
  nr_pages: { n: bigint } | null,
): hva_t {
  return __gfn_to_hva_many(slot, gfn, nr_pages, true);
}

/** virt/kvm/kvm_main.c (v3.17). */
export function gfn_to_hva(kvm: kvm, gfn: gfn_t): hva_t {
  return gfn_to_hva_many(gfn_to_memslot(kvm, gfn), gfn, null);
}

/** virt/kvm/kvm_main.c (v3.17). Left out: telling whether the page may be written. */
export function gfn_to_hva_prot(kvm: kvm, gfn: gfn_t): hva_t {
  const slot = gfn_to_memslot(kvm, gfn);

  return __gfn_to_hva_many(slot, gfn, null, false);
}

/**
 * virt/kvm/kvm_main.c (v3.17). Left out: pinning, waiting for the page and its errors, because the
 * host of the model has every page of userspace in memory. `write_fault` cannot matter either: all
 * those pages are writable.
 */
export function hva_to_pfn(addr: bigint): pfn_t {
  return user_pfn(addr);
}

/**
 * What __gfn_to_pfn_memslot() returns through pointers: the page, and whether it may be written.
 */
export interface pfn_result {
  pfn: pfn_t;
  writable: boolean;
}

/**
 * virt/kvm/kvm_main.c (v3.17). An invalid slot counts as none: a fault on it is handled as MMIO.
 */
export function __gfn_to_pfn_memslot(
  slot: kvm_memory_slot | null,
  gfn: gfn_t,
  write_fault: boolean,
  result: pfn_result,
): pfn_t {
  const addr = __gfn_to_hva_many(slot, gfn, null, write_fault);

  if (addr === KVM_HVA_ERR_RO_BAD()) return KVM_PFN_ERR_RO_FAULT;

  if (kvm_is_error_hva(addr)) return KVM_PFN_NOSLOT;

  if (memslot_is_readonly(slot!)) result.writable = false;

  return hva_to_pfn(addr);
}

/** virt/kvm/kvm_main.c (v3.17). */
export function __gfn_to_pfn(
  kvm: kvm,
  gfn: gfn_t,
  write_fault: boolean,
  result: pfn_result,
): pfn_t {
  const slot = gfn_to_memslot(kvm, gfn);

  return __gfn_to_pfn_memslot(slot, gfn, write_fault, result);
}

/**
 * virt/kvm/kvm_main.c (v3.17). Left out: `async`, which is only set while a page must be waited
 * for.
 */
export function gfn_to_pfn_async(
  kvm: kvm,
  gfn: gfn_t,
  write_fault: boolean,
  result: pfn_result,
): pfn_t {
  return __gfn_to_pfn(kvm, gfn, write_fault, result);
}

/** virt/kvm/kvm_main.c (v3.17). */
export function kvm_read_hva(data: kernel_buffer, hva: hva_t, len: bigint): bigint {
  return __copy_from_user(data, hva, len);
}

/** virt/kvm/kvm_main.c (v3.17). */
export function next_segment(len: bigint, offset: bigint): bigint {
  if (len > PAGE_SIZE - offset) return PAGE_SIZE - offset;
  return len;
}

/** virt/kvm/kvm_main.c (v3.17). */
export function kvm_read_guest_page(
  kvm: kvm,
  gfn: gfn_t,
  data: kernel_buffer,
  offset: bigint,
  len: bigint,
): number {
  const addr = gfn_to_hva_prot(kvm, gfn);
  if (kvm_is_error_hva(addr)) return -EFAULT;
  const r = kvm_read_hva(data, addr + offset, len);
  if (r !== 0n) return -EFAULT;
  return 0;
}

/** virt/kvm/kvm_main.c (v3.17). Page by page: what fails may have copied the pages before. */
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

/** virt/kvm/kvm_main.c (v3.17). */
export function kvm_write_guest_page(
  kvm: kvm,
  gfn: gfn_t,
  data: kernel_buffer,
  offset: bigint,
  len: bigint,
): number {
  const addr = gfn_to_hva(kvm, gfn);
  if (kvm_is_error_hva(addr)) return -EFAULT;
  const r = __copy_to_user(addr + offset, data, len);
  if (r !== 0n) return -EFAULT;
  mark_page_dirty(kvm, gfn);
  return 0;
}

/** virt/kvm/kvm_main.c (v3.17). Page by page: what fails may have copied the pages before. */
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

/**
 * virt/kvm/kvm_main.c (v3.17). The pointer to the slots is followed for the number and again for
 * each page, so that the number may be of an older set than the page, and never of a newer one.
 * Bytes on two pages of one slot are taken for bytes of one page, where they lie one behind the
 * other all the same.
 */
export function kvm_gfn_to_hva_cache_init(
  kvm: kvm,
  ghc: gfn_to_hva_cache,
  gpa: gpa_t,
  len: bigint,
): number {
  const slots = kvm_memslots(kvm);
  const offset = offset_in_page(gpa);
  let start_gfn = gpa >> PAGE_SHIFT;
  const end_gfn = u64(gpa + len - 1n) >> PAGE_SHIFT;
  const nr_pages_needed = u64(end_gfn - start_gfn + 1n);
  const nr_pages_avail = {} as { n: bigint };

  ghc.gpa = gpa;
  ghc.generation = slots.generation;
  ghc.len = len;
  ghc.memslot = gfn_to_memslot(kvm, start_gfn);
  ghc.hva = gfn_to_hva_many(ghc.memslot, start_gfn, nr_pages_avail);
  if (!kvm_is_error_hva(ghc.hva) && nr_pages_avail.n >= nr_pages_needed) {
    ghc.hva += offset;
  } else {
    for (; start_gfn <= end_gfn; start_gfn += nr_pages_avail.n) {
      ghc.memslot = gfn_to_memslot(kvm, start_gfn);
      ghc.hva = gfn_to_hva_many(ghc.memslot, start_gfn, nr_pages_avail);
      if (kvm_is_error_hva(ghc.hva)) return -EFAULT;
    }
    ghc.memslot = null;
  }
  return 0;
}

/** virt/kvm/kvm_main.c (v3.17). Whether the page was found again is told by the slot alone. */
export function kvm_write_guest_cached(
  kvm: kvm,
  ghc: gfn_to_hva_cache,
  data: kernel_buffer,
  len: bigint,
): number {
  const slots = kvm_memslots(kvm);

  BUG_ON(len > ghc.len);

  if (slots.generation !== ghc.generation) kvm_gfn_to_hva_cache_init(kvm, ghc, ghc.gpa, ghc.len);

  if (ghc.memslot === null) return kvm_write_guest(kvm, ghc.gpa, data, len);

  if (kvm_is_error_hva(ghc.hva)) return -EFAULT;

  const r = __copy_to_user(ghc.hva, data, len);
  if (r !== 0n) return -EFAULT;
  mark_page_dirty_in_slot(kvm, ghc.memslot, ghc.gpa >> PAGE_SHIFT);

  return 0;
}

/** virt/kvm/kvm_main.c (v3.17). Whether the page was found again is told by the slot alone. */
export function kvm_read_guest_cached(
  kvm: kvm,
  ghc: gfn_to_hva_cache,
  data: kernel_buffer,
  len: bigint,
): number {
  const slots = kvm_memslots(kvm);

  BUG_ON(len > ghc.len);

  if (slots.generation !== ghc.generation) kvm_gfn_to_hva_cache_init(kvm, ghc, ghc.gpa, ghc.len);

  if (ghc.memslot === null) return kvm_read_guest(kvm, ghc.gpa, data, len);

  if (kvm_is_error_hva(ghc.hva)) return -EFAULT;

  const r = __copy_from_user(data, ghc.hva, len);
  if (r !== 0n) return -EFAULT;

  return 0;
}

/**
 * virt/kvm/kvm_main.c (v3.17). A slot has a bitmap if its flags ask for one: the bitmap itself is
 * not in the model, so they are asked.
 */
export function mark_page_dirty_in_slot(
  _kvm: kvm,
  memslot: kvm_memory_slot | null,
  gfn: gfn_t,
): void {
  if (memslot !== null && (memslot.flags & KVM_MEM_LOG_DIRTY_PAGES) !== 0) {
    const rel_gfn = gfn - memslot.base_gfn;

    log_dirty_page(memslot.id, rel_gfn);
  }
}

/** virt/kvm/kvm_main.c (v3.17). */
export function mark_page_dirty(kvm: kvm, gfn: gfn_t): void {
  const memslot = gfn_to_memslot(kvm, gfn);
  mark_page_dirty_in_slot(kvm, memslot, gfn);
}
