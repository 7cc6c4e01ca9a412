// SPDX-License-Identifier: GPL-2.0-only
// Under which other name does a function do the same in another era? Facts about releases: without
// them a patch to one kernel would not find what is known of another. Oldest name first.

const MOVED: readonly (readonly string[])[] = [
  ['install_new_memslots', 'kvm_swap_active_memslots'],
  ['update_memslots', 'kvm_replace_memslot'],
  ['mark_mmio_spte', 'make_mmio_spte'],
  ['kvm_memslot_delete', 'kvm_invalidate_memslot'],
  ['try_async_pf', 'kvm_faultin_pfn', '__kvm_faultin_pfn', '__kvm_mmu_faultin_pfn'],
  ['handle_abnormal_pfn', 'kvm_handle_noslot_fault'],
  ['handle_mmio_page_fault_common', 'handle_mmio_page_fault'],
  ['kvm_arch_memslots_updated', 'kvm_mmu_invalidate_mmio_sptes'],
];

/** The name itself first, then what it was or is called elsewhere. */
export function namesOf(name: string): readonly string[] {
  const row = MOVED.find((names) => names.includes(name)) ?? [];
  return [name, ...row.filter((other) => other !== name)];
}

/** Readers of the memslots generation that are known, by release: 3.17 and 6.12 were searched. */
export const GENERATION_USERS: ReadonlySet<string> = new Set([
  'kvm_create_vm',
  'install_new_memslots',
  'update_memslots',
  'kvm_swap_active_memslots',
  'kvm_vcpu_gfn_to_memslot',
  'kvm_current_mmio_generation',
  'mark_mmio_spte',
  'make_mmio_spte',
  'check_mmio_spte',
  'vcpu_cache_mmio_info',
  'vcpu_match_mmio_gen',
  'kvm_mmu_invalidate_mmio_sptes',
  'kvm_arch_memslots_updated',
  'kvm_gfn_to_hva_cache_init',
  '__kvm_gfn_to_hva_cache_init',
  'kvm_write_guest_cached',
  'kvm_read_guest_cached',
  'kvm_write_guest_offset_cached',
  'kvm_read_guest_offset_cached',
  'kvm_map_gfn',
  '__kvm_map_gfn',
]);
