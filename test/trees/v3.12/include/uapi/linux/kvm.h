// SPDX-License-Identifier: GPL-2.0-only
// A miniature of our own in the shape of kernels 3.12 to 3.18: names and types, little else.

struct kvm_userspace_memory_region {
	__u32 slot, flags;
	__u64 guest_phys_addr, memory_size, userspace_addr;
};

#define KVM_MEM_LOG_DIRTY_PAGES 1
#define KVM_MEM_READONLY 2
