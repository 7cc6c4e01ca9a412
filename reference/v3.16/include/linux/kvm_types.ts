// SPDX-License-Identifier: GPL-2.0-only
// include/linux/kvm_types.h: what does a 64-bit address or page number belong to?

/** Guest virtual address. */
export type gva_t = bigint;
/** Guest physical address. */
export type gpa_t = bigint;
/** Guest page frame number. */
export type gfn_t = bigint;
/** Host page frame number, or one of the KVM_PFN_* codes. */
export type pfn_t = bigint;
