// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/x86.c: what does x86 do when memory slots change, and where does a vCPU's exit hold
// the read side of SRCU?

import { WARN_ON_ONCE } from '#linux/bug';
import { EINVAL, EIO, ENOMEM } from '#linux/errno';
import { should_fail } from '#linux/fault-inject';
import { kvfree, kzalloc } from '#linux/slab';
import { srcu_read_lock, srcu_read_unlock } from '#linux/srcu';
import { assign } from '#linux/string';
import {
  KVM_MR_CREATE,
  KVM_MR_DELETE,
  KVM_MR_FLAGS_ONLY,
  KVM_MR_MOVE,
  type kvm,
  kvm_check_request,
  kvm_make_request,
  type kvm_memory_slot,
  type kvm_vcpu,
  kvm_vcpu_srcu_read_lock,
  kvm_vcpu_srcu_read_unlock,
} from '../../../include/linux/kvm_host.ts';
import type { gpa_t } from '../../../include/linux/kvm_types.ts';
import {
  KVM_REQ_MMU_SYNC,
  kvm_arch_memory_slot,
  kvm_lpage_info,
  rmap,
} from '../include/asm/kvm_host.ts';
import type { kvm_lapic } from './lapic.h.ts';
import { kvm_lapic_set_vapic_addr } from './lapic.ts';
import {
  kvm_mmu_init_vm,
  kvm_mmu_invalidate_addr,
  kvm_mmu_invalidate_mmio_sptes,
  kvm_mmu_load,
  kvm_mmu_sync_roots,
} from './mmu/mmu.ts';
import type { x86_exception } from './mmu/paging_tmpl.h.ts';
import { kvm_memslots_have_rmaps, kvm_mmu_max_gfn, PFERR_PRESENT_MASK } from './mmu.h.ts';
import { mmu_is_nested } from './x86.h.ts';

/** The processor's part of KVM, of which an exit needs the handler only. */
export interface kvm_x86_ops {
  readonly handle_exit: (vcpu: kvm_vcpu) => number;
}

/**
 * arch/x86/kvm/x86.c (v6.12). A fault on an entry that is present makes the processor forget it:
 * what the guest's table says is to count from then on. Left out: what the guest is told of its
 * fault, which it looks at itself; and faults on reserved bits of its entries, which it sets never.
 */
export function __kvm_inject_emulated_page_fault(vcpu: kvm_vcpu, fault: x86_exception): void {
  if ((fault.error_code & PFERR_PRESENT_MASK) !== 0) kvm_mmu_invalidate_addr(vcpu, fault.address);

  vcpu.stat.pf_guest++;
}

/**
 * arch/x86/kvm/x86.c (v6.12), for the PCID that the vCPU has. Left out: the flush of the TLB, and
 * other PCIDs, whose tables the vCPU has not. The processor does not come here where it walks a
 * second table by itself.
 */
export function kvm_invalidate_pcid(vcpu: kvm_vcpu): void {
  kvm_make_request(KVM_REQ_MMU_SYNC, vcpu);
}

/**
 * arch/x86/kvm/x86.c (v6.12), for the CR3 that the vCPU had before. Left out: any other one, as the
 * guest has one set of page tables; a root that is new is synchronised by kvm_mmu_load() in the
 * same way.
 */
export function kvm_set_cr3(vcpu: kvm_vcpu): number {
  kvm_invalidate_pcid(vcpu);

  return 0;
}

/** arch/x86/kvm/x86.c (v6.12). Left out: the emulator. It always succeeds. */
export function x86_emulate_instruction(vcpu: kvm_vcpu, _cr2_or_gpa: gpa_t): number {
  vcpu.stat.insn_emulation++;

  return 1;
}

/**
 * arch/x86/kvm/x86.c (v6.12), KVM_SET_VAPIC_ADDR only, and that without its vCPU, whose mutex lets
 * nobody else in. Left out: whether KVM has the local APIC in the kernel, which it has.
 */
export function kvm_arch_vcpu_ioctl(kvm: kvm, apic: kvm_lapic, vapic_addr: gpa_t): number {
  const idx = srcu_read_lock(kvm.srcu);
  const r = kvm_lapic_set_vapic_addr(kvm, apic, vapic_addr);
  srcu_read_unlock(kvm.srcu, idx);
  return r;
}

/**
 * arch/x86/kvm/x86.c (v6.12), from before an entry to the end of the exit that follows. Left out:
 * all that happens between the lock taken before the entry and its release, but for the loading of
 * tables, since no memslots are read there; and all requests but one, interrupts, timers and
 * signals, which only end a section early and begin another one. What an exit has asked for is
 * served before the next entry, in the section that the exit has begun: here at its end. Returns
 * what the handler does, or -errno.
 */
export function vcpu_enter_guest(vcpu: kvm_vcpu, kvm_x86_ops: kvm_x86_ops): number {
  if (mmu_is_nested(vcpu)) {
    kvm_vcpu_srcu_read_lock(vcpu);
    const loaded = kvm_mmu_load(vcpu);
    kvm_vcpu_srcu_read_unlock(vcpu);
    if (loaded !== 0) return loaded;
  }

  kvm_vcpu_srcu_read_lock(vcpu);

  const r = kvm_x86_ops.handle_exit(vcpu);

  if (kvm_check_request(KVM_REQ_MMU_SYNC, vcpu)) kvm_mmu_sync_roots(vcpu);

  kvm_vcpu_srcu_read_unlock(vcpu);

  return r;
}

/** arch/x86/kvm/x86.c (v6.12). 0 or -errno. Left out: what is not the memory of the guest. */
export function kvm_arch_init_vm(kvm: kvm): number {
  kvm.arch.disabled_quirks = 0n;

  return kvm_mmu_init_vm(kvm);
}

/** arch/x86/kvm/x86.c (v6.12). Left out: more blocks than one. */
export function memslot_rmap_free(slot: kvm_memory_slot): void {
  kvfree(slot.arch.rmap);
  slot.arch.rmap = null;
}

/** arch/x86/kvm/x86.c (v6.12). Left out: page tracking. */
export function kvm_arch_free_memslot(_kvm: kvm, slot: kvm_memory_slot): void {
  memslot_rmap_free(slot);

  kvfree(slot.arch.lpage_info);
  slot.arch.lpage_info = null;
}

/** arch/x86/kvm/x86.c (v6.12). 0 or -ENOMEM. What a slot has already is kept. */
export function memslot_rmap_alloc(slot: kvm_memory_slot, _npages: bigint): number {
  if (slot.arch.rmap !== null) return 0;

  slot.arch.rmap = kzalloc(rmap);
  if (slot.arch.rmap === null) {
    memslot_rmap_free(slot);
    return -ENOMEM;
  }

  return 0;
}

/**
 * arch/x86/kvm/x86.c (v6.12). 0 or -ENOMEM. The pointers that a slot that moves has copied are the
 * old slot's to free. Left out: page tracking, which allocates like the rmap.
 */
export function kvm_alloc_memslot_metadata(kvm: kvm, slot: kvm_memory_slot): number {
  const npages = slot.npages;

  assign(slot.arch, kvm_arch_memory_slot.local());

  if (kvm_memslots_have_rmaps(kvm)) {
    const r = memslot_rmap_alloc(slot, npages);
    if (r !== 0) return r;
  }

  // biome-ignore lint/suspicious/noConfusingLabels: an error label of the kernel
  out_free: {
    const linfo = kzalloc(kvm_lpage_info);
    if (linfo === null) break out_free;

    slot.arch.lpage_info = linfo;

    return 0;
  }
  memslot_rmap_free(slot);

  kvfree(slot.arch.lpage_info);
  slot.arch.lpage_info = null;
  return -ENOMEM;
}

/**
 * arch/x86/kvm/x86.c (v6.12). `gen` is the number that is about to be stored. Left out: kicking the
 * vCPUs, which ends their time in the guest and makes them look at the clock's page again.
 */
export function kvm_arch_memslots_updated(kvm: kvm, gen: bigint): void {
  kvm_mmu_invalidate_mmio_sptes(kvm, gen);
}

/**
 * arch/x86/kvm/x86.c (v6.12). Either slot may be null. Whether the call fails is a parameter of the
 * run, as in a kernel external page trackers and other metadata may make it fail. 0 or -errno.
 */
export function kvm_arch_prepare_memory_region(
  kvm: kvm,
  old: kvm_memory_slot | null,
  new_: kvm_memory_slot | null,
  change: number,
): number {
  if (should_fail(kvm.arch.fail_prepare)) return -ENOMEM;

  if (change === KVM_MR_CREATE || change === KVM_MR_MOVE) {
    if (new_!.base_gfn + new_!.npages - 1n > kvm_mmu_max_gfn()) return -EINVAL;

    return kvm_alloc_memslot_metadata(kvm, new_!);
  }

  if (change === KVM_MR_FLAGS_ONLY) assign(new_!.arch, old!.arch);
  else if (WARN_ON_ONCE(change !== KVM_MR_DELETE)) return -EIO;

  return 0;
}

/**
 * arch/x86/kvm/x86.c (v6.12). Left out: the limit on shadow pages, and write protection for dirty
 * logging, which reads cannot see.
 */
export function kvm_arch_commit_memory_region(
  kvm: kvm,
  old: kvm_memory_slot | null,
  _new: kvm_memory_slot | null,
  change: number,
): void {
  if (change === KVM_MR_MOVE) kvm_arch_free_memslot(kvm, old!);
}
