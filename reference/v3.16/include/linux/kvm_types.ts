// SPDX-License-Identifier: GPL-2.0-only
// include/linux/kvm_types.h: what does a 64-bit address or page number belong to, and what does KVM
// remember of a page of the guest that it uses often?

import { type Of, pointer, struct, u64, ulong } from '#linux/struct';
import { kvm_memory_slot } from './kvm_host.ts';

/** Guest virtual address. */
export type gva_t = bigint;
/** Guest physical address. */
export type gpa_t = bigint;
/** Guest page frame number. */
export type gfn_t = bigint;
/** Host virtual address. */
export type hva_t = bigint;
/** Host page frame number, or one of the KVM_PFN_* codes. */
export type pfn_t = bigint;

/**
 * Where a page of the guest was found, and by which memslots. It belongs to who uses it, such as a
 * vCPU for its clock; `memslot` is NULL if the bytes lie on more pages than one.
 */
export const gfn_to_hva_cache = struct('gfn_to_hva_cache', {
  generation: u64,
  gpa: u64,
  hva: ulong,
  len: ulong,
  memslot: pointer(() => kvm_memory_slot),
});
export type gfn_to_hva_cache = Of<typeof gfn_to_hva_cache>;
