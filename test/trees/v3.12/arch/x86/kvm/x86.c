// SPDX-License-Identifier: GPL-2.0-only
// A miniature of our own in the shape of kernels 3.12 to 3.18: names and types, little else.

struct kvm_x86_ops *kvm_x86_ops;

int kvm_arch_create_memslot(struct kvm *kvm, struct kvm_memory_slot *slot, unsigned long npages)
{
	slot->arch.rmap[0] = kvm_kvzalloc(sizeof(unsigned long));
	return slot->arch.rmap[0] ? 0 : -ENOMEM;
}

int kvm_arch_prepare_memory_region(struct kvm *kvm, struct kvm_memory_slot *slot,
				   void *mem, enum kvm_mr_change change)
{
	return 0;
}
