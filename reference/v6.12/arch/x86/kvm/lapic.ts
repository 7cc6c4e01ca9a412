// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kvm/lapic.c: where in the guest's memory does KVM share a word with the guest's code?

import { EINVAL } from '#linux/errno';
import type { kvm } from '../../../include/linux/kvm_host.ts';
import type { gpa_t } from '../../../include/linux/kvm_types.ts';
import { kvm_gfn_to_hva_cache_init } from '../../../virt/kvm/kvm_main.ts';
import type { kvm_lapic } from './lapic.h.ts';

/**
 * arch/x86/kvm/lapic.c (v6.12). 0 or -errno. Takes the VM and the local APIC of the vCPU instead of
 * the vCPU, of which nothing else is looked at. Left out: noting that the word is to be read at the
 * next entry, as who reads it is for the caller to choose.
 */
export function kvm_lapic_set_vapic_addr(kvm: kvm, apic: kvm_lapic, vapic_addr: gpa_t): number {
  if (vapic_addr !== 0n) {
    if (kvm_gfn_to_hva_cache_init(kvm, apic.vapic_cache, vapic_addr, 4n) !== 0) return -EINVAL;
  }

  apic.vapic_addr = vapic_addr;
  return 0;
}
