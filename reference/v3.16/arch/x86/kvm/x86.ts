// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/x86.c: what does x86 do when memory slots change, and where does a vCPU's exit hold
// the read side of SRCU?

import { config } from '#linux/config';
import { ENOMEM } from '#linux/errno';
import { should_fail } from '#linux/fault-inject';
import { kvfree, kzalloc } from '#linux/slab';
import { srcu_read_lock, srcu_read_unlock } from '#linux/srcu';
import type { kvm, kvm_memory_slot, kvm_vcpu } from '../../../include/linux/kvm_host.ts';
import type { gpa_t } from '../../../include/linux/kvm_types.ts';
import type { kvm_userspace_memory_region } from '../../../include/uapi/linux/kvm.ts';
import { rmap } from '../include/asm/kvm_host.ts';
import type { kvm_lapic } from './lapic.h.ts';
import { kvm_lapic_set_vapic_addr } from './lapic.ts';
import { PT_PRESENT_MASK } from './mmu.h.ts';
import {
  kvm_mmu_invalidate_mmio_sptes,
  kvm_mmu_invalidate_zap_all_pages,
  kvm_mmu_sync_roots,
} from './mmu.ts';

/**
 * arch/x86/kvm/x86.c (v3.16). Returns the mask instead of handing it to
 * kvm_mmu_set_mmio_spte_mask(): the kernel does this once, before the first VM, so the mask is a
 * function of the host.
 */
export function kvm_set_mmio_spte_mask(): bigint {
  const { maxphyaddr } = config();

  let mask = ((1n << BigInt(51 - maxphyaddr + 1)) - 1n) << BigInt(maxphyaddr);

  mask |= 0x3n << 62n;

  mask |= PT_PRESENT_MASK;

  if (maxphyaddr === 52) mask &= ~PT_PRESENT_MASK;

  return mask;
}

/**
 * arch/x86/kvm/x86.c (v3.16). Left out: what the guest is told of its fault, which it looks at
 * itself.
 */
export function kvm_inject_page_fault(vcpu: kvm_vcpu): void {
  vcpu.stat.pf_guest++;
}

/**
 * arch/x86/kvm/x86.c (v3.16), for the CR3 that the vCPU had before. Left out: any other one, as the
 * guest has one set of page tables; with new roots kvm_mmu_load() does the same sync. And the flush
 * of the TLB, which a vCPU of the model has not.
 */
export function kvm_set_cr3(vcpu: kvm_vcpu): number {
  kvm_mmu_sync_roots(vcpu);
  return 0;
}

/**
 * arch/x86/kvm/x86.c (v3.16), KVM_SET_VAPIC_ADDR only, and that without its vCPU, whose mutex lets
 * nobody else in. Left out: whether KVM has the local APIC in the kernel, which it has. No section
 * is begun, so that the slots are read by nobody: kept. Mended in v4.9 by 7301d6abaea9.
 */
export function kvm_arch_vcpu_ioctl(kvm: kvm, apic: kvm_lapic, vapic_addr: gpa_t): number {
  const r = kvm_lapic_set_vapic_addr(kvm, apic, vapic_addr);
  return r;
}

/** The processor's part of KVM, of which an exit needs the handler only. */
export interface kvm_x86_ops {
  readonly handle_exit: (vcpu: kvm_vcpu) => number;
}

/**
 * arch/x86/kvm/x86.c (v3.16), from the guest's exit to its next entry. Left out: all that happens
 * between the lock taken before the entry and its release, since no memslots are read there; and
 * requests, interrupts, timers and signals, which only end a section early and begin another one.
 */
export function vcpu_enter_guest(vcpu: kvm_vcpu, kvm_x86_ops: kvm_x86_ops): number {
  vcpu.srcu_idx = srcu_read_lock(vcpu.kvm!.srcu);

  const r = kvm_x86_ops.handle_exit(vcpu);

  srcu_read_unlock(vcpu.kvm!.srcu, vcpu.srcu_idx);

  return r;
}

/** arch/x86/kvm/x86.c (v3.16). Frees what `free` has and `dont` has not. */
export function kvm_arch_free_memslot(
  _kvm: kvm,
  free: kvm_memory_slot,
  dont: kvm_memory_slot | null,
): void {
  if (dont === null || free.arch.rmap !== dont.arch.rmap) {
    kvfree(free.arch.rmap);
    free.arch.rmap = null;
  }
}

/** arch/x86/kvm/x86.c (v3.16). Left out: more blocks than one, and so the freeing of some. */
export function kvm_arch_create_memslot(_kvm: kvm, slot: kvm_memory_slot, _npages: bigint): number {
  slot.arch.rmap = kzalloc(rmap);
  if (slot.arch.rmap === null) return -ENOMEM;

  return 0;
}

/** arch/x86/kvm/x86.c (v3.16). */
export function kvm_arch_memslots_updated(kvm: kvm): void {
  kvm_mmu_invalidate_mmio_sptes(kvm);
}

/**
 * arch/x86/kvm/x86.c (v3.16). Left out: mapping memory for a private slot. Whether that fails is a
 * parameter of the run, and holds for any slot: callers do not look at why it failed.
 */
export function kvm_arch_prepare_memory_region(
  kvm: kvm,
  _memslot: kvm_memory_slot,
  _mem: kvm_userspace_memory_region,
  _change: number,
): number {
  if (should_fail(kvm.arch.fail_prepare)) return -ENOMEM;

  return 0;
}

/**
 * arch/x86/kvm/x86.c (v3.16). Left out: all of it. Private slots are not modelled, the number of
 * shadow pages is not limited, and write protection for dirty logging cannot be seen by reads.
 */
export function kvm_arch_commit_memory_region(
  _kvm: kvm,
  _mem: kvm_userspace_memory_region,
  _old: kvm_memory_slot,
  _change: number,
): void {}

/** arch/x86/kvm/x86.c (v3.16). */
export function kvm_arch_flush_shadow_memslot(kvm: kvm, _slot: kvm_memory_slot): void {
  kvm_mmu_invalidate_zap_all_pages(kvm);
}
