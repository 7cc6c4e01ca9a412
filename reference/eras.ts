// SPDX-License-Identifier: GPL-2.0-only
// Which eras are there, and what did the kernel change between them? The names of what changed are
// facts about upstream commits; a test compares them with what differs between the ports.

import type { EraName } from '#vocabulary';

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
    // Of some no commit is named above: helpers that other functions got, and who calls what.
    changed: [
      'MMIO_MAX_GEN',
      '__kvm_set_memory_region',
      'cmp_memslot',
      'generation_mmio_spte_mask',
      'get_mmio_spte_access',
      'get_mmio_spte_gfn',
      'install_new_memslots',
      'kvm_memslots_struct',
      'kvm_set_mmio_spte_mask',
      'rsvd_bits',
      'search_memslots',
      'sort_memslots',
      'update_memslots',
    ],
  },
];
