// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/svm/nested.c: what happens to the tables of a guest of the guest when its hypervisor
// enters it?

import { kvm_make_request, type kvm_vcpu } from '../../../../include/linux/kvm_host.ts';
import { KVM_REQ_MMU_SYNC } from '../../include/asm/kvm_host.ts';

/**
 * arch/x86/kvm/svm/nested.c (v6.12). Each entry counts as a flush of all, whatever the hypervisor
 * asks for. Left out: TLBs.
 */
export function nested_svm_transition_tlb_flush(vcpu: kvm_vcpu): void {
  kvm_make_request(KVM_REQ_MMU_SYNC, vcpu);
}
