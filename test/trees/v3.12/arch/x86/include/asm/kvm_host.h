// SPDX-License-Identifier: GPL-2.0-only
// A miniature of our own in the shape of kernels 3.12 to 3.18: names and types, little else.

struct kvm_arch_memory_slot { unsigned long *rmap[1]; };
struct kvm_mmu_page { u64 *spt; struct { unsigned level : 4; unsigned direct : 1; } role; };
struct kvm_mmu { hpa_t root_hpa; int root_level, shadow_root_level; bool direct_map; };
struct kvm_vcpu_stat { u32 pf_fixed; };
struct kvm_vm_stat { u32 lpages; };
struct kvm_vcpu_arch {
	struct kvm_mmu mmu, *walk_mmu;
	u32 hflags;
	u64 mmio_gva, mmio_gen;
	unsigned access;
	gfn_t mmio_gfn;
};
struct kvm_arch { int indirect; };
struct kvm_vcpu;
struct kvm_x86_ops { u64 (*get_mt_mask)(struct kvm_vcpu *vcpu, gfn_t gfn, bool is_mmio); };
extern struct kvm_x86_ops *kvm_x86_ops;
