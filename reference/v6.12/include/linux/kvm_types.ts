// SPDX-License-Identifier: GPL-2.0-only
// include/linux/kvm_types.h: what does a 64-bit address or page number belong to?

export type { gfn_t, gpa_t, gva_t } from '../../../v3.16/include/linux/kvm_types.ts';

/** No guest physical address at all. */
export const INVALID_GPA = 0xffff_ffff_ffff_ffffn;

/** Host virtual address. */
export type hva_t = bigint;
/** Host page frame number, or one of the KVM_PFN_* codes. */
export type kvm_pfn_t = bigint;
