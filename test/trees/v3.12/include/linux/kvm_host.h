// SPDX-License-Identifier: GPL-2.0-only
// A miniature of our own in the shape of kernels 3.12 to 3.18: names and types, little else.

#define KVM_USER_MEM_SLOTS 8
#define KVM_MEM_SLOTS_NUM 8
#define KVM_MEMSLOT_INVALID (1 << 16)
#define KVM_HVA_ERR_BAD PAGE_OFFSET
#define KVM_PFN_ERR_MASK (0x7ffULL << 52)
#define KVM_PFN_NOSLOT (1ULL << 63)

struct kvm_memory_slot {
	gfn_t base_gfn;
	unsigned long npages;
	struct kvm_arch_memory_slot arch;
	unsigned long userspace_addr;
	u32 flags;
	short id;
};

struct kvm_memslots {
	u64 generation;
	struct kvm_memory_slot memslots[KVM_MEM_SLOTS_NUM];
	short id_to_index[KVM_MEM_SLOTS_NUM];
};

struct kvm {
	spinlock_t mmu_lock;
	struct mutex slots_lock;
	struct kvm_memslots *memslots;
	struct srcu_struct srcu;
	struct kvm_vm_stat stat;
	struct kvm_arch arch;
	atomic_t users_count;
};

struct kvm_vcpu {
	struct kvm *kvm;
	int mode, srcu_idx;
	struct kvm_vcpu_stat stat;
	struct kvm_vcpu_arch arch;
};

enum kvm_mr_change { KVM_MR_CREATE, KVM_MR_DELETE, KVM_MR_MOVE, KVM_MR_FLAGS_ONLY };

static inline bool is_error_pfn(pfn_t pfn) { return pfn & KVM_PFN_ERR_MASK; }
static inline bool is_noslot_pfn(pfn_t pfn) { return pfn == KVM_PFN_NOSLOT; }
static inline bool kvm_is_error_hva(unsigned long addr) { return addr >= PAGE_OFFSET; }

static inline struct kvm_memslots *kvm_memslots(struct kvm *kvm)
{
	return rcu_dereference_check(kvm->memslots, 1);
}

static inline struct kvm_memory_slot *id_to_memslot(struct kvm_memslots *slots, int id)
{
	return slots->memslots + slots->id_to_index[id];
}
