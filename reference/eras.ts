// SPDX-License-Identifier: GPL-2.0-only
// Which eras are there, and what did the kernel change between them? The names of what changed are
// facts about upstream commits; a test compares them with what differs between the ports.

import type { EraName } from '#vocabulary';
import { CHANGED_IN_V5_11 } from './changed-in-v5.11.ts';
import { CHANGED_IN_V6_12 } from './changed-in-v6.12.ts';

/** A commit of the kernel that made an era what it is. */
export interface EraCommit {
  /** The first 12 hex digits of the id. */
  readonly id: string;
  readonly subject: string;
}

export interface Era {
  readonly name: EraName;
  /** The releases that behave like this one, first and last. */
  readonly releases: readonly [first: string, last: string];
  /** The commits that set it apart from the era before. */
  readonly commits: readonly EraCommit[];
  /** What is different, in one sentence. */
  readonly summary: string;
  /** Functions, structs and macros that those commits touched and that are ported, sorted. */
  readonly changed: readonly string[];
}

/** Oldest first. */
export const ERAS: readonly Era[] = [
  {
    name: 'v3.16',
    releases: ['3.12', '3.16'],
    commits: [
      {
        id: 'e59dbe09f8e6',
        subject: 'KVM: Introduce kvm_arch_memslots_updated()',
      },
    ],
    summary:
      'An update of the slots makes one increment, and the per-vCPU MMIO cache has no generation.',
    changed: [],
  },
  {
    name: 'v3.17',
    releases: ['3.17', '3.18'],
    commits: [
      {
        id: '00f034a12fdd',
        subject: 'KVM: do not bias the generation number in kvm_current_mmio_generation',
      },
      {
        id: 'ee3d1570b586',
        subject: 'kvm: fix potentially corrupt mmio cache',
      },
      {
        id: '56f17dd3fbc4',
        subject: 'kvm: x86: fix stale mmio cache bug',
      },
    ],
    summary:
      'The generation is odd while an update is under way, bit 0 is not stored in SPTEs, ' +
      'and the per-vCPU MMIO cache is tagged.',
    changed: [
      'MMIO_GEN_LOW_MASK',
      'MMIO_GEN_LOW_SHIFT',
      'MMIO_GEN_SHIFT',
      'MMIO_GVA_ANY',
      'MMIO_SPTE_GEN_LOW_SHIFT',
      'install_new_memslots',
      'kvm_create_vm',
      'kvm_current_mmio_generation',
      'kvm_mmu_invalidate_mmio_sptes',
      'kvm_vcpu_arch',
      'mmu_sync_roots',
      'update_memslots',
      'vcpu_cache_mmio_info',
      'vcpu_clear_mmio_info',
      'vcpu_match_mmio_gen',
      'vcpu_match_mmio_gpa',
      'vcpu_match_mmio_gva',
    ],
  },
  {
    name: 'v3.19',
    releases: ['3.19', '4.1'],
    commits: [
      {
        id: '8593176c6772',
        subject: 'kvm: memslots: track id_to_index changes during the insertion sort',
      },
      {
        id: '0e60b0799fed',
        subject: 'kvm: change memslot sorting rule from size to GFN',
      },
      {
        id: 'd4ae84a02bc6',
        subject: 'kvm: search_memslots: add simple LRU memslot caching',
      },
      {
        id: '9c1a5d38780e',
        subject: 'kvm: optimize GFN to memslot lookup with large slots amount',
      },
      {
        id: 'efbeec7098ee',
        subject: 'kvm: fix sorting of memslots with base_gfn == 0',
      },
    ],
    summary:
      'Slots are kept sorted by their first gfn, and a lookup tries the slot that was found ' +
      'last and then searches the array by halves.',
    // Of some no commit is named above: helpers that other functions got, who calls what, and what
    // a stable kernel got up to 3.19.8.
    changed: [
      'MMIO_MAX_GEN',
      '__kvm_set_memory_region',
      'cmp_memslot',
      'generation_mmio_spte_mask',
      'get_mmio_spte_access',
      'get_mmio_spte_gfn',
      'gfn_to_hva_memslot_prot',
      'gfn_to_hva_prot',
      'install_new_memslots',
      'kvm_free_physmem',
      'kvm_gfn_to_hva_cache_init',
      'kvm_memslots_struct',
      'kvm_set_mmio_spte_mask',
      'rsvd_bits',
      'search_memslots',
      'sort_memslots',
      'update_memslots',
    ],
  },
  {
    name: 'v5.11',
    releases: ['5.11', '5.13'],
    commits: [
      {
        id: 'f481b069e674',
        subject: 'KVM: implement multiple address spaces',
      },
      {
        id: '164bf7e56c5a',
        subject: 'KVM: Move the memslot update in-progress flag to bit 63',
      },
      {
        id: '152482580a1b',
        subject: 'KVM: Call kvm_arch_memslots_updated() before updating memslots',
      },
      {
        id: 'ddfd1730fd82',
        subject: 'KVM: x86/mmu: Do not cache MMIO accesses while memslots are in flux',
      },
      {
        id: '36947254e5f9',
        subject: 'KVM: Dynamically size memslot array based on number of used slots',
      },
      {
        id: '34c0f6f2695a',
        subject: 'KVM: mmu: Fix SPTE encoding of MMIO generation upper half',
      },
    ],
    summary:
      'There are two address spaces, bit 63 of the generation says that an update is under way, ' +
      'arrays of slots are as long as they must be, and a call that fails puts the old ones back.',
    changed: CHANGED_IN_V5_11,
  },
  {
    name: 'v6.12',
    releases: ['5.17', '7.1'],
    commits: [
      {
        id: '26b8345abc75',
        subject: 'KVM: Resolve memslot ID via a hash table instead of via a static array',
      },
      {
        id: 'ed922739c919',
        subject: 'KVM: Use interval tree to do fast hva lookup in memslots',
      },
      {
        id: 'a54d806688fe',
        subject: 'KVM: Keep memslots in tree-based structures instead of array-based ones',
      },
      {
        id: 'e0c378684b65',
        subject: 'KVM: x86/mmu: Retry page faults that hit an invalid memslot',
      },
      {
        id: 'aad885e77496',
        subject: 'KVM: x86/mmu: Drop/zap existing present SPTE even when creating an MMIO SPTE',
      },
      {
        id: 'b59a87c1ba3c',
        subject: 'KVM: x86: Take SRCU in kvm_zap_gfn_range()',
      },
    ],
    summary:
      'Slots lie in trees, in two sets that stay in memory and take turns; faults of EPT and NPT ' +
      'write their entries at once; a fault on a slot that goes away is tried again.',
    changed: CHANGED_IN_V6_12,
  },
];
