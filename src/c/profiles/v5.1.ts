// SPDX-License-Identifier: GPL-2.0-only
// Kernels 5.1 to 5.3: bit 63 of the generation says that an update is in progress, no cache is
// filled meanwhile, and kvm_arch_memslots_updated() is told the next number before it is stored.
// Arrays of slots still have an entry for every id.

import { PAGE_CACHE_ENTRIES } from '../driver/page-cache.ts';
import { SPACES_BINDING } from '../driver/spaces-binding.ts';
import { pointer } from '../intrinsics/intrinsic.ts';
import type { Modelled, Profile } from './profile.ts';
import { accessOk, ONE_LEVEL, PAGE_HEADER, unreached, zapAll } from './shared.ts';
import { EPT_BITS } from './types.ts';
import { V4_2 } from './v4.2.ts';
import { V5_17 } from './v5.17.ts';

const MAIN = 'virt/kvm/kvm_main.c';

const FLUSH = 'void kvm_page_track_flush_slot(struct kvm *kvm, struct kvm_memory_slot *slot)';

/** From 5.11 on the sixth argument says where to tell which size was wanted. */
const SMALL_PAGES: Modelled = {
  prototype: '',
  why: 'pages of 4 KiB only',
  run: (m, site, ...args) => {
    if (args.length === 6) m.st32(site, pointer(args[5]), 1);
    return 1;
  },
};

/** What stands as it is here: with one level it finds nothing to do, and slots get their memory. */
const {
  disallowed_hugepage_adjust: _adjust,
  kvm_arch_prepare_memory_region: _prepare,
  ...MODELLED
} = { ...V5_17.modelled, ...V4_2.modelled };

export const V5_1: Profile = {
  ...V4_2,
  name: 'v5.1+',
  kernels: '5.1 to 5.3',
  probes: [
    V4_2.probes[0]!,
    {
      text: 'kvm_arch_memslots_updated() takes the VM and a generation',
      file: 'arch/x86/kvm/x86.c',
      holds: ({ parameters }) => parameters('kvm_arch_memslots_updated')?.join() === 'kvm,gen',
    },
  ],
  files: [
    'arch/x86/include/uapi/asm/kvm.h',
    'include/uapi/linux/kvm.h',
    'include/linux/kvm_types.h',
    'arch/x86/include/asm/kvm_host.h',
    'include/linux/kvm_host.h',
    'arch/x86/kvm/kvm_cache_regs.h',
    'arch/x86/kvm/x86.h',
    'arch/x86/kvm/mmu.h',
    'arch/x86/kvm/mmu/mmu_internal.h?',
    'arch/x86/kvm/mmu/spte.h?',
    'arch/x86/kvm/mmu/spte.c?',
    'arch/x86/kvm/mmu/mmu.c?',
    'arch/x86/kvm/mmu.c?',
    'arch/x86/kvm/x86.c',
    MAIN,
  ],
  prelude: `${V4_2.prelude}
${EPT_BITS}
#define sme_me_mask 0ULL
`,
  config: [...V5_17.config],
  overrides: (host) => ({
    ...V4_2.overrides(host),
    'kvm_for_each_vcpu(idx, vcpup, kvm)': 'for (idx = 0; 0; )',
    'untagged_addr(addr)': '(addr)',
    'static_call(name)': 'driver_##name',
  }),
  entries: [
    'kvm_alloc_memslots',
    'kvm_vm_ioctl_set_memory_region',
    'kvm_set_memory_region',
    'kvm_mmu_reset_all_pte_masks',
    'kvm_mmu_set_mask_ptes?',
    'kvm_mmu_set_ept_masks?',
    'kvm_mmu_set_mmio_spte_mask',
    'kvm_set_mmio_spte_mask?',
    'kvm_mmu_page_fault',
    'tdp_page_fault?',
    'kvm_tdp_page_fault?',
    'nonpaging_page_fault',
    '__gfn_to_memslot',
    '__gfn_to_hva_many',
    'gfn_to_hva',
    'kvm_is_error_hva',
    'is_error_pfn',
    'is_noslot_pfn',
    'mark_mmio_spte',
    'sync_mmio_spte',
    'check_mmio_spte',
    'is_mmio_spte',
    'is_shadow_present_pte',
    'mmu_set_spte',
    'spte_to_pfn',
    'generation_mmio_spte_mask',
    'get_mmio_spte_generation',
    'get_mmio_spte_gfn',
    'get_mmio_spte_access',
    'vcpu_cache_mmio_info',
    'vcpu_match_mmio_gva',
    'vcpu_match_mmio_gpa',
    'vcpu_clear_mmio_info',
    'driver_kvm_x86_get_mt_mask',
    ...PAGE_CACHE_ENTRIES,
  ],
  modelled: {
    ...MODELLED,
    access_ok: accessOk('int access_ok(const void *addr, unsigned long size)', 0),
    to_shadow_page: PAGE_HEADER,
    kvm_mmu_zap_all_fast: zapAll('spin'),
    __kvm_mmu_zap_all: zapAll('spin'),
    kvm_page_track_flush_slot: zapAll('spin', FLUSH),
    kvm_mmu_hugepage_adjust: SMALL_PAGES,
    ...unreached('no guest of a guest has tables of its own', 'account_huge_nx_page'),
  },
  failing: ['kvm_arch_prepare_memory_region'],
  stubbed: { ...V4_2.stubbed, is_tdp_mmu_root: { kind: 'stubbed', returns: 0 } },
  binding: { ...SPACES_BINDING, era: 'v5.11', rules: 'v5.2' },
  cannot: (layouts) => ({
    ...V4_2.cannot(layouts),
    'mmio-cache/a-walk-that-finds-nothing-says-so': ONE_LEVEL,
  }),
};
