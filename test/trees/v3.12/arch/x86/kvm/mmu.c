// SPDX-License-Identifier: GPL-2.0-only
// A miniature of our own in the shape of kernels 3.12 to 3.18: names and types, little else.

static u64 shadow_x_mask, shadow_nx_mask, shadow_user_mask, shadow_mmio_mask;
static bool tdp_enabled;

#define GEN_LOW_MASK 0x3fe
#define MMIO_GEN_MASK 0xfffff
#define MMIO_MAX_GEN MMIO_GEN_MASK
#define ADDRESS_MASK (((1ULL << 52) - 1) & PAGE_MASK)

void kvm_mmu_set_mmio_spte_mask(u64 mask) { shadow_mmio_mask = mask; }

static u64 generation_mmio_spte_mask(unsigned int gen)
{
	return (u64)(gen & GEN_LOW_MASK) << 2 | (u64)(gen >> 10) << 52;
}

static unsigned int get_mmio_spte_generation(u64 spte)
{
	u64 bits = spte & ~shadow_mmio_mask;

	return (bits >> 2 & GEN_LOW_MASK) | (unsigned int)(bits >> 52) << 10;
}

static unsigned int kvm_current_mmio_generation(struct kvm *kvm)
{
	return kvm_memslots(kvm)->generation & MMIO_GEN_MASK;
}

static bool is_mmio_spte(u64 spte) { return (spte & shadow_mmio_mask) == shadow_mmio_mask; }
static bool is_shadow_present_pte(u64 spte) { return (spte & 1) && !is_mmio_spte(spte); }
static pfn_t spte_to_pfn(u64 spte) { return (spte & ADDRESS_MASK) >> PAGE_SHIFT; }

static u64 payload(u64 spte)
{
	return spte & ~(generation_mmio_spte_mask(MMIO_MAX_GEN) | shadow_mmio_mask);
}

static gfn_t get_mmio_spte_gfn(u64 spte) { return payload(spte) >> PAGE_SHIFT; }
static unsigned get_mmio_spte_access(u64 spte) { return payload(spte) & ~PAGE_MASK; }

static void mark_mmio_spte(struct kvm *kvm, u64 *sptep, u64 gfn, unsigned access)
{
	u64 spte = generation_mmio_spte_mask(kvm_current_mmio_generation(kvm));

	WARN_ON(is_shadow_present_pte(*sptep));
	*sptep = spte | shadow_mmio_mask | (access & 6) | gfn << PAGE_SHIFT;
}

static bool check_mmio_spte(struct kvm *kvm, u64 spte)
{
	return kvm_current_mmio_generation(kvm) == get_mmio_spte_generation(spte);
}

static bool sync_mmio_spte(struct kvm *kvm, u64 *sptep, gfn_t gfn, unsigned access, int *nr_present)
{
	if (!is_mmio_spte(*sptep))
		return false;
	if (gfn != get_mmio_spte_gfn(*sptep)) {
		*sptep = 0;
		return true;
	}
	(*nr_present)++;
	mark_mmio_spte(kvm, sptep, gfn, access);
	return true;
}

static void mmu_set_spte(struct kvm_vcpu *vcpu, u64 *sptep, unsigned access, int write_fault,
			 int *emulate, int level, gfn_t gfn, pfn_t pfn, bool speculative,
			 bool host_writable)
{
	if (is_noslot_pfn(pfn)) {
		mark_mmio_spte(vcpu->kvm, sptep, gfn, access);
		*emulate = 1;
	} else {
		*sptep = (u64)pfn << PAGE_SHIFT | shadow_x_mask | shadow_user_mask | 3;
	}
}

static u64 *leaf_of(struct kvm_vcpu *vcpu, gpa_t gpa)
{
	return (u64 *)__va(vcpu->arch.mmu.root_hpa) + (gpa >> PAGE_SHIFT & 511);
}

static void kvm_mmu_invalidate_zap_all_pages(struct kvm *kvm)
{
}

int handle_mmio_page_fault_common(struct kvm_vcpu *vcpu, u64 addr, bool direct)
{
	u64 spte;

	if (vcpu_match_mmio_gpa(vcpu, addr))
		return RET_EMULATE;
	spte = ACCESS_ONCE(*leaf_of(vcpu, addr));
	if (!is_mmio_spte(spte))
		return RET_RETRY;
	if (!check_mmio_spte(vcpu->kvm, spte))
		return RET_INVALID;
	trace_handle_mmio_page_fault(addr, get_mmio_spte_gfn(spte), get_mmio_spte_access(spte));
	vcpu_cache_mmio_info(vcpu, 0, get_mmio_spte_gfn(spte), get_mmio_spte_access(spte));
	return RET_EMULATE;
}

static int map_page(struct kvm_vcpu *vcpu, gpa_t gpa, u32 error_code)
{
	gfn_t gfn = gpa >> PAGE_SHIFT;
	int emulate = 0;
	pfn_t pfn;
	int r;

	if (error_code & PFERR_RSVD_MASK) {
		r = handle_mmio_page_fault_common(vcpu, gpa, true);
		if (r != RET_INVALID)
			return r;
	}
	pfn = gfn_to_pfn(vcpu->kvm, gfn);
	if (is_noslot_pfn(pfn))
		vcpu_cache_mmio_info(vcpu, 0, gfn, ACC_ALL);
	spin_lock(&vcpu->kvm->mmu_lock);
	mmu_set_spte(vcpu, leaf_of(vcpu, gpa), ACC_ALL, 0, &emulate, 1, gfn, pfn, false, true);
	vcpu->stat.pf_fixed++;
	spin_unlock(&vcpu->kvm->mmu_lock);
	return emulate;
}

static int tdp_page_fault(struct kvm_vcpu *vcpu, gva_t gpa, u32 error_code, bool prefault)
{
	return map_page(vcpu, gpa, error_code);
}

static int nonpaging_page_fault(struct kvm_vcpu *vcpu, gva_t gva, u32 error_code, bool prefault)
{
	return map_page(vcpu, gva, error_code);
}
