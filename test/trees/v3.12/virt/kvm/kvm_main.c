// SPDX-License-Identifier: GPL-2.0-only
// A miniature of our own in the shape of kernels 3.12 to 3.18: names and types, little else.

static void kvm_init_memslots_id(struct kvm *kvm)
{
	struct kvm_memslots *slots = kvm->memslots;
	int i;

	for (i = 0; i < KVM_MEM_SLOTS_NUM; i++)
		slots->id_to_index[i] = slots->memslots[i].id = i;
}

struct kvm_memory_slot *gfn_to_memslot(struct kvm *kvm, gfn_t gfn)
{
	struct kvm_memslots *slots = kvm_memslots(kvm);
	struct kvm_memory_slot *slot = slots->memslots;

	for (; slot < slots->memslots + KVM_MEM_SLOTS_NUM && slot->npages; slot++)
		if (gfn >= slot->base_gfn && gfn < slot->base_gfn + slot->npages)
			return slot;
	return NULL;
}

static unsigned long __gfn_to_hva_many(struct kvm_memory_slot *slot, gfn_t gfn,
				       gfn_t *nr_pages, bool write)
{
	if (!slot || slot->flags & KVM_MEMSLOT_INVALID)
		return KVM_HVA_ERR_BAD;
	if (write && slot->flags & KVM_MEM_READONLY)
		return KVM_HVA_ERR_BAD;
	return slot->userspace_addr + (gfn - slot->base_gfn) * PAGE_SIZE;
}

unsigned long gfn_to_hva(struct kvm *kvm, gfn_t gfn)
{
	return __gfn_to_hva_many(gfn_to_memslot(kvm, gfn), gfn, NULL, true);
}

pfn_t gfn_to_pfn(struct kvm *kvm, gfn_t gfn)
{
	unsigned long addr = __gfn_to_hva_many(gfn_to_memslot(kvm, gfn), gfn, NULL, false);

	return kvm_is_error_hva(addr) ? KVM_PFN_NOSLOT : addr >> PAGE_SHIFT;
}

static int cmp_memslot(const void *a, const void *b)
{
	const struct kvm_memory_slot *first = a, *second = b;

	if (first->npages == second->npages)
		return 0;
	return first->npages < second->npages ? 1 : -1;
}

static void update_memslots(struct kvm_memslots *slots, struct kvm_memory_slot *new)
{
	int i;

	if (!new)
		return;
	*id_to_memslot(slots, new->id) = *new;
	sort(slots->memslots, KVM_MEM_SLOTS_NUM, sizeof(*new), cmp_memslot, NULL);
	for (i = 0; i < KVM_MEM_SLOTS_NUM; i++)
		slots->id_to_index[slots->memslots[i].id] = i;
}

static struct kvm_memslots *install_new_memslots(struct kvm *kvm,
		struct kvm_memslots *slots, struct kvm_memory_slot *new)
{
	struct kvm_memslots *old = kvm->memslots;

	WARN_ON(old->generation & 1);
	slots->generation = old->generation + 1;
	update_memslots(slots, new);
	rcu_assign_pointer(kvm->memslots, slots);
	synchronize_srcu_expedited(&kvm->srcu);
	slots->generation++;
	return old;
}

int kvm_set_memory_region(struct kvm *kvm, struct kvm_userspace_memory_region *mem)
{
	struct kvm_memslots *slots;
	struct kvm_memory_slot new;
	int r = -ENOMEM;

	mutex_lock(&kvm->slots_lock);
	new = *id_to_memslot(kvm->memslots, mem->slot);
	new.base_gfn = mem->guest_phys_addr >> PAGE_SHIFT;
	new.npages = mem->memory_size >> PAGE_SHIFT;
	new.userspace_addr = mem->userspace_addr;
	new.flags = mem->flags;
	if (kvm_arch_create_memslot(kvm, &new, new.npages))
		goto out;
	slots = kmemdup(kvm->memslots, sizeof(*slots), GFP_KERNEL);
	if (!slots)
		goto out;
	kfree(install_new_memslots(kvm, slots, &new));
	r = kvm_arch_prepare_memory_region(kvm, &new, mem, KVM_MR_CREATE);
	if (!mem->memory_size)
		kvm_mmu_invalidate_zap_all_pages(kvm);
out:
	mutex_unlock(&kvm->slots_lock);
	return r;
}

static int kvm_vm_ioctl_set_memory_region(struct kvm *kvm, struct kvm_userspace_memory_region *mem)
{
	return mem->slot >= KVM_USER_MEM_SLOTS ? -EINVAL : kvm_set_memory_region(kvm, mem);
}
