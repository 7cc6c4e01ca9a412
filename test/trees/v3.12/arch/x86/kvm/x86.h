// SPDX-License-Identifier: GPL-2.0-only
// A miniature of our own in the shape of kernels 3.12 to 3.18: names and types, little else.

static inline void vcpu_cache_mmio_info(struct kvm_vcpu *vcpu, gva_t gva, gfn_t gfn, unsigned access)
{
	vcpu->arch.mmio_gva = gva & PAGE_MASK;
	vcpu->arch.access = access;
	vcpu->arch.mmio_gfn = gfn;
	vcpu->arch.mmio_gen = kvm_memslots(vcpu->kvm)->generation;
}

static inline bool mmio_gen_is_current(struct kvm_vcpu *vcpu)
{
	return vcpu->arch.mmio_gen == kvm_memslots(vcpu->kvm)->generation;
}

static inline void vcpu_clear_mmio_info(struct kvm_vcpu *vcpu, gva_t gva)
{
	if (gva == ~0UL || vcpu->arch.mmio_gva == (gva & PAGE_MASK))
		vcpu->arch.mmio_gva = 0;
}

static inline bool vcpu_match_mmio_gva(struct kvm_vcpu *vcpu, unsigned long gva)
{
	return mmio_gen_is_current(vcpu) && vcpu->arch.mmio_gva &&
	       vcpu->arch.mmio_gva == (gva & PAGE_MASK);
}

static inline bool vcpu_match_mmio_gpa(struct kvm_vcpu *vcpu, gpa_t gpa)
{
	return mmio_gen_is_current(vcpu) && vcpu->arch.mmio_gfn &&
	       vcpu->arch.mmio_gfn == gpa >> PAGE_SHIFT;
}
