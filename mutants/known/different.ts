// SPDX-License-Identifier: GPL-2.0-only
// Which edits of v3.17 can somebody outside tell from the port? Each by what the reason says, in
// scenarios of moderate size. Mutants of operators are named by the end of their id.

import type { Control } from '#mutation/mutant';

/** Mutants of operators, and who can tell. */
export const DIFFERENT_BY_OPERATOR: ReadonlyMap<string, string> = new Map([
  ['install_new_memslots/no-sync.1', 'A vCPU that is slow finds its slots freed.'],
  [
    'install_new_memslots/publish-before-gen.1',
    'A vCPU finds the new slots with the number of the old ones.',
  ],
  [
    'install_new_memslots/drop-first-keep-parity.1',
    'An entry of the old slots is valid in the window; one vCPU with one exit cannot tell.',
  ],
  ['install_new_memslots/second-increment-before-sync.1', 'A stale entry is valid at rest.'],
  ['install_new_memslots/both-increments-before-publish.1', 'A stale entry is valid at rest.'],
  ['install_new_memslots/sync-before-publish.1', 'A vCPU that is slow finds its slots freed.'],
  [
    'install_new_memslots/publish-plain.1',
    'With store buffers a vCPU finds slots without contents; under sc nobody can tell.',
  ],
  [
    'install_new_memslots/hook-omitted.1',
    'Only when numbers wrap: memory that was mapped before stays mapped.',
  ],
  ['MMIO_GEN_LOW_MASK/keep-low-bit.1', 'Under the shadow mask bit 2 is a bit of the access.'],
  ['__kvm_set_memory_region/skip-flush.1', 'A deleted slot is still mapped.'],
]);

const BY_HAND: readonly (readonly [
  name: string,
  where: string,
  anchor: string,
  replacement: string,
  why: string,
])[] = [
  [
    'dropped-again',
    'mmu_set_spte',
    'if (pfn !== read_as(sptep.$.val, spte_to_pfn)) drop_spte',
    'drop_spte',
    'A second fault on a page that is mapped by now takes it away for a moment.',
  ],
  [
    'never-a-bug',
    'handle_mmio_page_fault_common',
    'if (direct && !check_direct_spte_mmio_pf(spte)) return RET_MMIO_PF_BUG;',
    '',
    'A vCPU that found an entry which became memory meanwhile tries again, and KVM does not warn.',
  ],
  [
    'zapped-always',
    'kvm_mmu_invalidate_mmio_sptes',
    'if (kvm_current_mmio_generation(kvm) === 0)',
    'if (true)',
    'Memory elsewhere has to be mapped anew after each update.',
  ],
  [
    'hit-not-cached',
    'handle_mmio_page_fault_common',
    'vcpu_cache_mmio_info(vcpu, addr, gfn, access);',
    '',
    'After a hit of the SPTE the same vCPU hits the SPTE again, and not its own cache.',
  ],
  [
    'one-page-too-many',
    'search_memslots',
    'gfn < memslot.base_gfn + memslot.npages',
    'gfn <= memslot.base_gfn + memslot.npages',
    'The page behind a slot is found in it.',
  ],
  [
    'one-page-too-few',
    '__kvm_set_memory_region',
    'npages > KVM_MEM_MAX_NR_PAGES',
    'npages >= KVM_MEM_MAX_NR_PAGES',
    'The largest slot that is allowed is refused.',
  ],
  [
    'neighbours-overlap',
    '__kvm_set_memory_region',
    'base_gfn + npages <= slot.base_gfn',
    'base_gfn + npages < slot.base_gfn',
    'A slot that ends where another begins is refused.',
  ],
  [
    'another-errno',
    '__kvm_set_memory_region',
    'r = -EEXIST;',
    'r = -EINVAL;',
    'The call says another error when slots overlap.',
  ],
  [
    'any-gfn-hits',
    'vcpu_match_mmio_gpa',
    'vcpu.arch.mmio_gfn === gpa >> PAGE_SHIFT',
    'true',
    'The cache of one gfn answers for another one.',
  ],
  [
    'no-read-only-slots',
    'check_memory_region_flags',
    'valid_flags |= KVM_MEM_READONLY;',
    '',
    'A read-only slot is refused.',
  ],
];

export const DIFFERENT: readonly Control[] = BY_HAND.map(
  ([name, where, anchor, replacement, why]) => ({
    name,
    eras: ['v3.17'],
    harmless: why,
    edits: [{ function: where, anchor, replacement }],
  }),
);
