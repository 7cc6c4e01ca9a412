// SPDX-License-Identifier: GPL-2.0-only
// Kernels 4.2 to 5.0: two address spaces, each with a set of slots of its own in an array that is
// sorted by gfn. The generation says by bit 0 that an update is under way, and numbers of the two
// spaces take turns.

import { PAGE_CACHE_ENTRIES } from '../driver/page-cache.ts';
import { SPACES_BINDING } from '../driver/spaces-binding.ts';
import { pointer } from '../intrinsics/intrinsic.ts';
import type { Modelled, Profile } from './profile.ts';
import { EMULATE, PAGE_HEADER, unreached, zapAll } from './shared.ts';
import { V3_12 } from './v3.12.ts';
import { V3_19 } from './v3.19.ts';
import { V5_17 } from './v5.17.ts';

const MAIN = 'virt/kvm/kvm_main.c';
const MMU = 'arch/x86/kvm/mmu.c';

/** The last argument says where to tell that no larger page may be used. */
const SMALL_PAGES: Modelled = {
  prototype: '',
  why: 'pages of 4 KiB only',
  run: (m, site, ...args) => {
    m.st8(site, pointer(args.at(-1)), 1);
    return 1;
  },
};

export const V4_2: Profile = {
  ...V3_19,
  name: 'v4.2+',
  kernels: '4.2 to 5.0',
  probes: [
    {
      text: 'install_new_memslots() takes the VM, an address space and a set',
      file: MAIN,
      holds: ({ parameters }) => parameters('install_new_memslots')?.[1] === 'as_id',
    },
    {
      text: 'mark_mmio_spte() takes a vCPU',
      file: MMU,
      holds: ({ parameters }) => parameters('mark_mmio_spte')?.[0] === 'vcpu',
    },
  ],
  files: [...V3_12.files.slice(0, 5), 'arch/x86/kvm/kvm_cache_regs.h', ...V3_12.files.slice(5)],
  prelude: `${V3_12.prelude}
#define FIELD_SIZEOF(type, field) sizeof_field(type, field)
#define __sme_clr(x) (x)
#define __sme_set(x) (x)
`,
  overrides: (host) => ({
    ...V3_12.overrides(host),
    KVM_ADDRESS_SPACE_NUM: String(host.addressSpaces),
  }),
  entries: [
    'kvm_alloc_memslots',
    'kvm_vm_ioctl_set_memory_region',
    'kvm_set_memory_region',
    'kvm_mmu_reset_all_pte_masks?',
    'kvm_mmu_set_mask_ptes',
    'kvm_mmu_set_mmio_spte_mask',
    'kvm_set_mmio_spte_mask',
    'handle_mmio_page_fault_common?',
    'kvm_mmu_page_fault',
    'tdp_page_fault',
    'nonpaging_page_fault',
    '__gfn_to_memslot',
    '__gfn_to_hva_many',
    'gfn_to_hva',
    'kvm_is_error_hva',
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
  modelled: {
    ...V3_12.modelled,
    x86_emulate_instruction: EMULATE,
    page_header: PAGE_HEADER,
    mapping_level: SMALL_PAGES,
    ...unreached('every page is there at once, and none is broken', 'kvm_can_do_async_pf'),
    ...unreached('no guest of a guest has tables of its own', 'kvm_mmu_unprotect_page'),
    kvm_page_track_flush_slot: zapAll(
      'spin',
      'void kvm_page_track_flush_slot(struct kvm *kvm, struct kvm_memory_slot *slot)',
    ),
  },
  stubbed: {
    ...V5_17.stubbed,
    ...V3_12.stubbed,
    make_mmu_pages_available: { kind: 'stubbed', returns: 0 },
    kvm_page_track_is_active: { kind: 'stubbed', returns: 0 },
  },
  constants: [...new Set([...V3_12.constants, ...V5_17.constants])],
  binding: { ...SPACES_BINDING, era: 'v3.19', rules: 'v4.19' },
};
