// SPDX-License-Identifier: GPL-2.0-only
// Kernels 3.12 to 3.18: one set of slots in an array that is sorted by size, replaced as a whole by
// install_new_memslots(kvm, slots, new). Before and after the fix of 3.17 the shape is the same.

import { ARRAY_BINDING } from '../driver/array-binding.ts';
import { PAGE_CACHE_ENTRIES } from '../driver/page-cache.ts';
import type { Profile } from './profile.ts';
import {
  accessOk,
  constantly,
  IDENTITY,
  MAY_FAIL,
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
import { KERNEL_TYPES } from './types.ts';

const MAIN = 'virt/kvm/kvm_main.c';
const MMU = 'arch/x86/kvm/mmu.c';
const AT_ONCE = 'every page is there at once, and none is broken';

export const V3_12: Profile = {
  name: 'v3.12+',
  kernels: '3.12 to 3.18',
  probes: [
    {
      text: 'install_new_memslots() takes the VM, a set and a slot',
      file: MAIN,
      holds: ({ parameters }) =>
        parameters('install_new_memslots')?.length === 3 &&
        parameters('install_new_memslots')?.[1] !== 'as_id',
    },
    {
      text: 'mark_mmio_spte() takes the VM',
      file: MMU,
      holds: ({ parameters }) => parameters('mark_mmio_spte')?.[0] === 'kvm',
    },
  ],
  files: [
    'arch/x86/include/uapi/asm/kvm.h',
    'include/uapi/linux/kvm.h',
    'include/linux/kvm_types.h',
    'arch/x86/include/asm/kvm_host.h',
    'include/linux/kvm_host.h',
    'arch/x86/kvm/x86.h',
    'arch/x86/kvm/mmu.h',
    MMU,
    'arch/x86/kvm/x86.c',
    MAIN,
  ],
  config: ['X86_64', '64BIT', 'KVM', 'SMP', 'MMU_NOTIFIER', 'X86', 'HAVE_KVM_IRQCHIP'],
  overrides: sizes,
  prelude: `${KERNEL_TYPES}
#define KVM_ARCH_WANT_MMU_NOTIFIER 1
static u64 driver_kvm_x86_get_mt_mask(void *vcpu, u64 gfn, bool is_mmio) { return 0; }
`,
  entries: [
    'kvm_vm_ioctl_set_memory_region',
    'kvm_set_memory_region',
    'kvm_init_memslots_id',
    'kvm_mmu_set_mmio_spte_mask',
    'handle_mmio_page_fault_common',
    'tdp_page_fault',
    'nonpaging_page_fault',
    'gfn_to_memslot',
    '__gfn_to_hva_many',
    'gfn_to_hva',
    'kvm_is_error_hva',
    'cmp_memslot',
    'is_error_pfn',
    'is_noslot_pfn',
    'sync_mmio_spte',
    'check_mmio_spte',
    'mmu_set_spte',
    'spte_to_pfn',
    'get_mmio_spte_gfn',
    'get_mmio_spte_access',
    'kvm_current_mmio_generation',
    'vcpu_clear_mmio_info',
    'vcpu_match_mmio_gva',
    'driver_kvm_x86_get_mt_mask',
    ...PAGE_CACHE_ENTRIES,
  ],
  intrinsics: PRIMITIVES,
  modelled: {
    access_ok: accessOk('int access_ok(int type, const void *addr, unsigned long size)', 1),
    hva_to_pfn: IDENTITY,
    page_header: PAGE_HEADER,
    kvm_arch_prepare_memory_region: MAY_FAIL,
    mark_page_dirty_in_slot: TOLD_DIRTY,
    kvm_mmu_invalidate_zap_all_pages: zapAll('spin'),
    mapping_level_dirty_bitmap: constantly(1, 'pages of 4 KiB only'),
    fast_page_fault: NO_FAST_FAULT,
    mmu_need_write_protect: constantly(0, 'no page table of the guest is shadowed'),
    kvm_is_reserved_pfn: constantly(0, 'no page of the host is device memory'),
    kvm_is_mmio_pfn: constantly(0, 'no page of the host is device memory'),
    ...unreached(
      ONE_LEVEL,
      'mapping_level',
      'transparent_hugepage_adjust',
      'kvm_mmu_get_page',
      'link_shadow_page',
      'drop_parent_pte',
    ),
    ...unreached(
      AT_ONCE,
      'kvm_arch_setup_async_pf',
      'kvm_find_async_pf_gfn',
      'can_do_async_pf',
      'gfn_to_pfn_prot',
      'kvm_send_hwpoison_signal',
    ),
  },
  failing: [],
  stubbed: {
    ...SILENT,
    kvm_iommu_map_pages: { kind: 'stubbed', returns: 0 },
    kvm_iommu_unmap_pages: { kind: 'stubbed' },
    mmu_topup_memory_caches: { kind: 'stubbed', returns: 0 },
    make_mmu_pages_available: { kind: 'stubbed' },
    kvm_release_pfn_clean: { kind: 'stubbed' },
    kvm_flush_remote_tlbs: { kind: 'stubbed' },
    kvm_mmu_flush_tlb: { kind: 'stubbed' },
    kvm_arch_commit_memory_region: { kind: 'stubbed' },
    rmap_add: { kind: 'stubbed', returns: 0 },
    rmap_recycle: { kind: 'stubbed' },
    rmap_remove: { kind: 'stubbed' },
    direct_pte_prefetch: { kind: 'stubbed' },
    kvm_set_pfn_accessed: { kind: 'stubbed' },
    kvm_set_pfn_dirty: { kind: 'stubbed' },
    kvm_make_request: { kind: 'stubbed' },
    set_bit_le: { kind: 'stubbed' },
    page_count: { kind: 'stubbed', returns: 1 },
  },
  constants: [
    'shadow_nx_mask',
    'shadow_x_mask',
    'shadow_user_mask',
    'shadow_accessed_mask',
    'shadow_dirty_mask',
    'shadow_mmio_mask',
    'tdp_enabled',
    'kvm_x86_ops',
    'boot_cpu_data',
  ],
  heapTypes: ['struct kvm_memslots'],
  unseen: {},
  binding: { ...ARRAY_BINDING, era: 'v3.17' },
  cannot: () => ({
    'creation/a-vm-is-made-or-refused': 'a VM is made by the driver',
    ...NOT_DRIVEN,
    'ioctl/a-slot-without-room-changes-nothing':
      'fails one block of memory of a slot by its name, where the kernel allocates several',
  }),
  driver: [
    'a VM is made by hand: slots are empty, locks are free',
    'an exit is one read-side section around the real fault handlers',
    ONE_LEVEL,
  ],
};
