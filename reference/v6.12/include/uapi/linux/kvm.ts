// SPDX-License-Identifier: GPL-2.0-only
// include/uapi/linux/kvm.h: what does userspace hand to KVM_SET_USER_MEMORY_REGION?

import { type Of, struct, u32, u64 } from '#linux/struct';

/**
 * Sizes and addresses in bytes; bits 16 and up of `slot` are the address space. The ioctl works on
 * a copy, so only its thread touches it. Left out: guest_memfd and its offset, which only a region
 * with KVM_MEM_GUEST_MEMFD has; such regions are refused here.
 */
export const kvm_userspace_memory_region2 = struct('kvm_userspace_memory_region2', {
  slot: u32,
  flags: u32,
  guest_phys_addr: u64,
  memory_size: u64,
  userspace_addr: u64,
});
export type kvm_userspace_memory_region2 = Of<typeof kvm_userspace_memory_region2>;

/** Bit 0 of the flags: the kernel keeps a bitmap of written pages. */
export const KVM_MEM_LOG_DIRTY_PAGES = 1;
/** Bit 1 of the flags: writes by the guest are handled as MMIO. */
export const KVM_MEM_READONLY = 2;
/** Bit 2 of the flags: the memory is that of a file that userspace cannot map. */
export const KVM_MEM_GUEST_MEMFD = 4;
