// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/lapic.h: what does the local APIC of a vCPU remember of the guest's memory?

import { type Of, struct, u64 } from '#linux/struct';
import { gfn_to_hva_cache } from '../../../include/linux/kvm_types.ts';

/**
 * Left out: all that is not about the word of guest memory that userspace names, where KVM leaves
 * the priority of the task and of interrupts for the guest's own code.
 */
export const kvm_lapic = struct('kvm_lapic', {
  vapic_addr: u64,
  vapic_cache: gfn_to_hva_cache,
});
export type kvm_lapic = Of<typeof kvm_lapic>;
