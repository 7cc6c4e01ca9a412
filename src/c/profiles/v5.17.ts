// SPDX-License-Identifier: GPL-2.0-only
// Kernels from 5.17 on: two sets of slots stay in memory and take turns, in trees;
// kvm_swap_active_memslots() publishes one, and numbers carry a flag while an update is under way.

import { hasConstant } from '../driver/common.ts';
import { PAGE_CACHE_ENTRIES } from '../driver/page-cache.ts';
import { SETS_BINDING } from '../driver/sets-binding.ts';
import type { Profile } from './profile.ts';
import {
  accessOk,
  constantly,
  EMULATE,
  IDENTITY,
  NO_FAST_FAULT,
  NOT_DRIVEN,
  ONE_LEVEL,
  PAGE_HEADER,
  PRIMITIVES,
  SILENT,
  sizes,
  TOLD_DIRTY,
  unreached,
  zapAll,
} from './shared.ts';
import { EPT_BITS, KERNEL_TYPES } from './types.ts';

const MAIN = 'virt/kvm/kvm_main.c';
const MMU = 'arch/x86/kvm/mmu/mmu.c';
const AT_ONCE = 'every page is there at once, and none is broken';
const SHARED = 'no memory of the guest is private';

/** What module load sets. */
const CONSTANTS = `shadow_host_writable_mask shadow_mmu_writable_mask shadow_nx_mask shadow_x_mask
shadow_user_mask shadow_accessed_mask shadow_dirty_mask shadow_mmio_value shadow_mmio_mask
shadow_mmio_access_mask shadow_present_mask shadow_memtype_mask shadow_me_value
shadow_me_mask shadow_acc_track_mask shadow_nonpresent_or_rsvd_mask
shadow_nonpresent_or_rsvd_lower_gfn_mask shadow_phys_bits enable_mmio_caching
allow_mmio_caching tdp_enabled tdp_mmu_enabled boot_cpu_data kvm_host kvm_x86_ops
nx_huge_pages`;

/** Entries that say nothing hold bit 63 from 6.10 on, and the scenario is about such. */
const EMPTY = 'knows empty entries as they are from 6.10 on';
const OF_6_10 = {
  'mapping/an-access-gets-what-the-slot-allows': EMPTY,
  'spte/a-sync-follows-the-guest': EMPTY,
};

export const V5_17: Profile = {
  name: 'v5.17+',
  kernels: '5.17 and later',
  probes: [
    {
      text: 'kvm_swap_active_memslots() takes the VM and an address space',
      file: MAIN,
      holds: ({ parameters }) => parameters('kvm_swap_active_memslots')?.length === 2,
    },
    {
      text: 'mark_mmio_spte() takes a vCPU',
      file: MMU,
      holds: ({ parameters }) => parameters('mark_mmio_spte')?.[0] === 'vcpu',
    },
    {
      text: 'check_mmio_spte() takes a vCPU and an SPTE',
      file: MMU,
      holds: ({ parameters }) => parameters('check_mmio_spte')?.join() === 'vcpu,spte',
    },
  ],
  files: [
    'include/linux/list.h',
    'include/linux/hash.h',
    'include/linux/hashtable.h',
    'include/linux/rbtree_types.h?',
    'include/linux/rbtree.h',
    'include/linux/rbtree_augmented.h',
    'lib/rbtree.c',
    'arch/x86/include/uapi/asm/kvm.h',
    'include/uapi/linux/kvm.h',
    'include/linux/kvm_types.h',
    'arch/x86/include/asm/kvm_host.h',
    'include/linux/kvm_host.h',
    'arch/x86/kvm/kvm_cache_regs.h',
    'arch/x86/kvm/x86.h',
    'arch/x86/kvm/mmu.h',
    'arch/x86/kvm/mmu/mmu_internal.h',
    'arch/x86/kvm/mmu/spte.h',
    'arch/x86/kvm/mmu/spte.c',
    MMU,
    'arch/x86/kvm/x86.c',
    MAIN,
  ],
  config: [
    'X86_64',
    '64BIT',
    'KVM',
    'SMP',
    'X86',
    'MMU_NOTIFIER',
    'KVM_GENERIC_MMU_NOTIFIER',
    'KVM_SMM',
    'HAVE_KVM_IRQCHIP',
  ],
  overrides: (host) => ({
    ...sizes(host),
    KVM_ADDRESS_SPACE_NUM: String(host.addressSpaces),
    KVM_MAX_NR_ADDRESS_SPACES: String(host.addressSpaces),
    'kvm_arch_nr_memslot_as_ids(kvm)': String(host.addressSpaces),
    'kvm_for_each_vcpu(idx, vcpup, kvm)': 'for (idx = 0; 0; )',
    'untagged_addr(addr)': '(addr)',
    'static_call(name)': 'driver_##name',
  }),
  prelude: `${KERNEL_TYPES}
struct interval_tree_node {
	struct rb_node rb;
	unsigned long start, last, __subtree_last;
};
${EPT_BITS}#define TASK_UNINTERRUPTIBLE 2
#define LIST_POISON1 ((void *)0x100)
#define LIST_POISON2 ((void *)0x122)
#define APIC_ACCESS_PAGE_PRIVATE_MEMSLOT (KVM_USER_MEM_SLOTS + 0)
static u8 driver_kvm_x86_get_mt_mask(void *vcpu, u64 gfn, bool is_mmio) { return 0; }
`,
  entries: [
    'kvm_vm_ioctl_set_memory_region',
    'kvm_set_memory_region',
    'kvm_mmu_page_fault',
    'kvm_tdp_page_fault',
    'nonpaging_page_fault',
    'kvm_mmu_reset_all_pte_masks',
    'kvm_mmu_set_ept_masks',
    'id_to_memslot',
    '__gfn_to_memslot',
    '__gfn_to_hva_many',
    'gfn_to_hva',
    'kvm_is_error_hva',
    'is_error_pfn',
    'is_noslot_pfn',
    'mark_mmio_spte',
    'check_mmio_spte',
    'sync_mmio_spte',
    'is_mmio_spte',
    'is_shadow_present_pte',
    'spte_to_pfn',
    'get_mmio_spte_generation',
    'get_mmio_spte_gfn',
    'get_mmio_spte_access',
    'generation_mmio_spte_mask',
    'vcpu_cache_mmio_info',
    'vcpu_match_mmio_gva',
    'vcpu_match_mmio_gpa',
    'vcpu_clear_mmio_info',
    ...PAGE_CACHE_ENTRIES,
  ],
  intrinsics: PRIMITIVES,
  modelled: {
    access_ok: accessOk('int access_ok(const void *addr, unsigned long size)', 0),
    x86_emulate_instruction: EMULATE,
    hva_to_pfn: IDENTITY,
    to_shadow_page: PAGE_HEADER,
    mark_page_dirty_in_slot: TOLD_DIRTY,
    fast_page_fault: NO_FAST_FAULT,
    kvm_mmu_zap_all_fast: zapAll('write'),
    kvm_page_track_flush_slot: zapAll(
      'write',
      'void kvm_page_track_flush_slot(struct kvm *kvm, struct kvm_memory_slot *slot)',
    ),
    kvm_handle_signal_exit: {
      ...Object.values(unreached(AT_ONCE, 'kvm_handle_signal_exit'))[0]!,
      prototype: 'void kvm_handle_signal_exit(struct kvm_vcpu *vcpu)',
    },
    __kvm_mmu_zap_all_fast_front_half: zapAll(null),
    mmu_try_to_unsync_pages: constantly(0, 'no page table of the guest is shadowed'),
    __kvm_mmu_max_mapping_level: constantly(1, 'pages of 4 KiB only'),
    kvm_mmu_max_mapping_level: constantly(1, 'pages of 4 KiB only'),
    ...unreached(
      'slots are zapped as a whole',
      'kvm_unmap_gfn_range',
      'kvm_mmu_zap_memslot_pages_and_flush',
    ),
    ...unreached(
      ONE_LEVEL,
      'kvm_mmu_get_child_sp',
      'link_shadow_page',
      'drop_parent_pte',
      'drop_large_spte',
      'disallowed_hugepage_adjust',
      'account_nx_huge_page',
      'kvm_mmu_write_protect_fault',
      'kvm_mmu_unprotect_page',
    ),
    ...unreached(
      AT_ONCE,
      'kvm_can_do_async_pf',
      'kvm_find_async_pf_gfn',
      'kvm_arch_setup_async_pf',
      'kvm_send_hwpoison_signal',
    ),
    ...unreached(
      SHARED,
      'kvm_faultin_pfn_private',
      'kvm_mmu_faultin_pfn_private',
      'kvm_mmu_prepare_memory_fault_exit',
    ),
    ...unreached('the TDP MMU is off', 'kvm_tdp_mmu_page_fault'),
  },
  failing: ['kvm_arch_prepare_memory_region'],
  stubbed: {
    ...SILENT,
    finish_rcuwait: { kind: 'stubbed' },
    interval_tree_insert: { kind: 'stubbed' },
    interval_tree_remove: { kind: 'stubbed' },
    kvm_arch_guest_memory_reclaimed: { kind: 'stubbed' },
    __kvm_mmu_zap_all_fast_back_half: { kind: 'stubbed' },
    kvm_mmu_change_mmu_pages: { kind: 'stubbed' },
    kvm_mmu_slot_apply_flags: { kind: 'stubbed' },
    kvm_page_track_create_memslot: { kind: 'stubbed', returns: 0 },
    kvm_page_track_free_memslot: { kind: 'stubbed' },
    kvm_page_track_delete_slot: { kind: 'stubbed' },
    kvm_page_track_has_external_user: { kind: 'stubbed', returns: 0 },
    kvm_gfn_is_write_tracked: { kind: 'stubbed', returns: 0 },
    mmu_topup_memory_caches: { kind: 'stubbed', returns: 0 },
    make_mmu_pages_available: { kind: 'stubbed', returns: 0 },
    kvm_release_pfn_clean: { kind: 'stubbed' },
    kvm_flush_remote_tlbs: { kind: 'stubbed' },
    kvm_flush_remote_tlbs_gfn: { kind: 'stubbed' },
    kvm_flush_remote_tlbs_range: { kind: 'stubbed' },
    kvm_flush_remote_tlbs_memslot: { kind: 'stubbed' },
    kvm_flush_remote_tlbs_with_address: { kind: 'stubbed' },
    bitmap_set: { kind: 'stubbed' },
    rmap_add: { kind: 'stubbed' },
    rmap_remove: { kind: 'stubbed' },
    direct_pte_prefetch: { kind: 'stubbed' },
    kvm_set_pfn_accessed: { kind: 'stubbed' },
    kvm_set_pfn_dirty: { kind: 'stubbed' },
    kvm_mmu_page_set_access: { kind: 'stubbed' },
    kvm_vcpu_kick: { kind: 'stubbed' },
    kvm_make_request: { kind: 'stubbed' },
    kvm_is_mmio_pfn: { kind: 'stubbed', returns: 0 },
    is_rsvd_spte: { kind: 'stubbed', returns: 0 },
    boot_cpu_has_bug: { kind: 'stubbed', returns: 0 },
    prepare_to_rcuwait: { kind: 'stubbed' },
    set_current_state: { kind: 'stubbed' },
    schedule: { kind: 'stubbed' },
    kvm_gmem_bind: { kind: 'stubbed', returns: -22 },
    kvm_gmem_unbind: { kind: 'stubbed' },
    kvm_tdp_mmu_get_walk: { kind: 'stubbed', returns: -1 },
    kvm_tdp_mmu_map: { kind: 'stubbed', returns: -1 },
    'kvm_tdp_mmu_walk_lockless_*': { kind: 'stubbed' },
    kvm_slot_page_track_is_active: { kind: 'stubbed', returns: 0 },
    kvm_mtrr_check_gfn_range_consistency: { kind: 'stubbed', returns: 1 },
    kvm_pfn_to_refcounted_page: { kind: 'stubbed', returns: 0 },
    kvm_make_all_cpus_request: { kind: 'stubbed', returns: 0 },
    page_count: { kind: 'stubbed', returns: 1 },
    is_tdp_mmu: { kind: 'stubbed', returns: 0 },
    is_tdp_mmu_page: { kind: 'stubbed', returns: 0 },
    is_zero_pfn: { kind: 'stubbed', returns: 0 },
    test_bit: { kind: 'stubbed', returns: 0 },
    cpuid_eax: { kind: 'stubbed', returns: 0 },
    kvm_use_dirty_bitmap: { kind: 'stubbed', returns: 1 },
  },
  constants: CONSTANTS.split(/\s+/),
  heapTypes: ['struct kvm_memory_slot'],
  unseen: {},
  binding: { ...SETS_BINDING, era: 'v6.12' },
  cannot: (layouts) => ({
    'creation/a-vm-is-made-or-refused': 'a VM is made by the driver',
    ...NOT_DRIVEN,
    'ioctl/a-slot-has-so-many-pages-at-most': 'makes a slot whose arrays take 16 GiB',
    'ioctl/a-slot-without-room-changes-nothing':
      'fails one block of memory of a slot by its name, where the kernel allocates several',
    'mapping/an-entry-of-ram-has-its-bits':
      'asks for an entry without any right, at which the kernel itself warns',
    'spte/a-value-that-marks-nothing-is-refused':
      'asks for values that are refused, at which the kernel itself warns',
    'mapping/zapping-a-range-leaves-the-rest': 'calls kvm_zap_gfn_range(), which is not translated',
    'ioctl/memory-of-a-file-stays-so': SHARED,
    'mmio-cache/a-walk-that-finds-nothing-says-so': ONE_LEVEL,
    ...(hasConstant(layouts, 'SHADOW_NONPRESENT_VALUE') ? {} : OF_6_10),
  }),
  driver: [
    'a VM is made by hand: sets are empty, locks are free, no vCPU is in its list',
    'an exit is one read-side section around kvm_mmu_page_fault()',
    'the TDP MMU is off (tdp_mmu=0): direct_page_fault() maps under EPT as well',
    ONE_LEVEL,
  ],
};
