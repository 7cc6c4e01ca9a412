// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/x86.c: what does x86 do when memory slots change, and where does a vCPU's exit hold
// the read side of SRCU?

import { ENOMEM } from '#linux/errno';
import { should_fail } from '#linux/fault-inject';
import { PAGE_SHIFT } from '#linux/page';
import { kvfree, kzalloc } from '#linux/slab';
import { srcu_read_lock, srcu_read_unlock } from '#linux/srcu';
import type { kvm_userspace_memory_region } from '../../../../v3.16/include/uapi/linux/kvm.ts';
import {
  KVM_MR_CREATE,
  KVM_MR_MOVE,
  type kvm,
  kvm_check_request,
  type kvm_memory_slot,
  type kvm_vcpu,
} from '../../../include/linux/kvm_host.ts';
import type { gpa_t } from '../../../include/linux/kvm_types.ts';
import { KVM_REQ_MMU_SYNC, rmap } from '../include/asm/kvm_host.ts';
import type { kvm_lapic } from './lapic.h.ts';
import { kvm_lapic_set_vapic_addr } from './lapic.ts';
import {
  kvm_mmu_invalidate_gva,
  kvm_mmu_invalidate_mmio_sptes,
  kvm_mmu_invalidate_zap_pages_in_memslot,
  kvm_mmu_sync_roots,
} from './mmu/mmu.ts';
import type { x86_exception } from './mmu/paging_tmpl.h.ts';
import { PFERR_PRESENT_MASK } from './mmu.h.ts';

/** The processor's part of KVM, of which an exit needs the handler only. */
export interface kvm_x86_ops {
  readonly handle_exit: (vcpu: kvm_vcpu) => number;
}

/**
 * arch/x86/kvm/x86.c (v5.11). A fault on an entry that is present makes the processor forget it.
 * Left out: what the guest is told of its fault, which it looks at itself; and faults on reserved
 * bits of its entries, which it sets never.
 */
export function kvm_inject_emulated_page_fault(vcpu: kvm_vcpu, fault: x86_exception): void {
  if ((fault.error_code & PFERR_PRESENT_MASK) !== 0) kvm_mmu_invalidate_gva(vcpu, fault.address);

  vcpu.stat.pf_guest++;
}

/**
 * arch/x86/kvm/x86.c (v5.11), for the CR3 that the vCPU had before. Left out: any other one, as the
 * guest has one set of page tables; with new roots kvm_mmu_load() does the same sync. And the flush
 * of the TLB, which a vCPU of the model has not.
 */
export function kvm_set_cr3(vcpu: kvm_vcpu): number {
  kvm_mmu_sync_roots(vcpu);

  return 0;
}

/**
 * arch/x86/kvm/x86.c (v5.11). The instruction at the guest's program counter is emulated; 1 lets
 * the guest go on. Left out: the emulator, which is no part of the model: a fault that comes here
 * is taken for MMIO. In the kernel it asks the cache of the vCPU once more and, if that does not
 * know the address, reads the slots: a guest then finds memory where the model says MMIO. The model
 * allows more runs with stale answers, never fewer.
 */
export function x86_emulate_instruction(vcpu: kvm_vcpu, _cr2_or_gpa: gpa_t): number {
  vcpu.stat.insn_emulation++;
  return 1;
}

/**
 * arch/x86/kvm/x86.c (v5.11), KVM_SET_VAPIC_ADDR only, and that without its vCPU, whose mutex lets
 * nobody else in. Left out: whether KVM has the local APIC in the kernel, which it has.
 */
export function kvm_arch_vcpu_ioctl(kvm: kvm, apic: kvm_lapic, vapic_addr: gpa_t): number {
  const idx = srcu_read_lock(kvm.srcu);
  const r = kvm_lapic_set_vapic_addr(kvm, apic, vapic_addr);
  srcu_read_unlock(kvm.srcu, idx);
  return r;
}

/**
 * arch/x86/kvm/x86.c (v5.11), from the guest's exit to its next entry. Left out: all that happens
 * between the lock taken before the entry and its release, since no memslots are read there; and
 * all requests but one, interrupts, timers and signals, which only end a section early and begin
 * another one. What an exit has asked for is served before the next entry, in the same section.
 */
export function vcpu_enter_guest(vcpu: kvm_vcpu, kvm_x86_ops: kvm_x86_ops): number {
  vcpu.srcu_idx = srcu_read_lock(vcpu.kvm!.srcu);

  const r = kvm_x86_ops.handle_exit(vcpu);

  if (kvm_check_request(KVM_REQ_MMU_SYNC, vcpu)) kvm_mmu_sync_roots(vcpu);

  srcu_read_unlock(vcpu.kvm!.srcu, vcpu.srcu_idx);

  return r;
}

/** arch/x86/kvm/x86.c (v5.11). */
export function kvm_arch_free_memslot(_kvm: kvm, slot: kvm_memory_slot): void {
  kvfree(slot.arch.rmap);
  slot.arch.rmap = null;
}

/**
 * arch/x86/kvm/x86.c (v5.11). A slot that is moved gets new memory; that of the old one is freed
 * when the new one is installed. Left out: more blocks than one, and so the freeing of some.
 */
export function kvm_alloc_memslot_metadata(slot: kvm_memory_slot, _npages: bigint): number {
  slot.arch.rmap = null;

  slot.arch.rmap = kzalloc(rmap);
  if (slot.arch.rmap === null) return -ENOMEM;

  return 0;
}

/**
 * arch/x86/kvm/x86.c (v5.11). `gen` is the generation that is about to be stored. Left out: making
 * all vCPUs leave the guest, for the sake of their clocks.
 */
export function kvm_arch_memslots_updated(kvm: kvm, gen: bigint): void {
  kvm_mmu_invalidate_mmio_sptes(kvm, gen);
}

/**
 * arch/x86/kvm/x86.c (v5.11). On x86 only memory can be lacking here, and only for a slot that is
 * created or moved. Whether the function fails is a parameter of the run, and holds for any change:
 * it does on other architectures, and callers do not look at why it failed.
 */
export function kvm_arch_prepare_memory_region(
  kvm: kvm,
  memslot: kvm_memory_slot,
  mem: kvm_userspace_memory_region,
  change: number,
): number {
  if (should_fail(kvm.arch.fail_prepare)) return -ENOMEM;

  if (change === KVM_MR_CREATE || change === KVM_MR_MOVE)
    return kvm_alloc_memslot_metadata(memslot, mem.memory_size >> PAGE_SHIFT);
  return 0;
}

/**
 * arch/x86/kvm/x86.c (v5.11). Left out: the number of shadow pages, which is not limited, and
 * kvm_mmu_slot_apply_flags(), since write protection for dirty logging cannot be seen by reads.
 */
export function kvm_arch_commit_memory_region(
  kvm: kvm,
  _mem: kvm_userspace_memory_region,
  old: kvm_memory_slot,
  _new: kvm_memory_slot,
  change: number,
): void {
  if (change === KVM_MR_MOVE) kvm_arch_free_memslot(kvm, old);
}

/**
 * arch/x86/kvm/x86.c (v5.11). Left out: the list of those who want to know
 * (kvm_page_track_flush_slot()), on which the MMU is the only one that this model has.
 */
export function kvm_arch_flush_shadow_memslot(kvm: kvm, slot: kvm_memory_slot): void {
  kvm_mmu_invalidate_zap_pages_in_memslot(kvm, slot);
}
