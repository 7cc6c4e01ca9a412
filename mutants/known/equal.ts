// SPDX-License-Identifier: GPL-2.0-only
// Which edits of v3.17 can nobody tell from the port? Each for a reason that is in the code, not in
// the bounds of any scenario.

import type { Control } from '#mutation/mutant';

type Known = Omit<Control, 'eras'>;

/** Edits of one place each. */
const ONE_PLACE: readonly (readonly [
  name: string,
  where: string,
  anchor: string,
  replacement: string,
  why: string,
])[] = [
  [
    'address-masked-once',
    'nonpaging_page_fault',
    'gva & PAGE_MASK',
    'gva',
    'vcpu_cache_mmio_info() masks the address again, and nobody else looks at it.',
  ],
  [
    'address-kept-whole',
    'vcpu_cache_mmio_info',
    'gva & PAGE_MASK',
    'gva',
    'Without nested paging the cache is asked by gpa only.',
  ],
  [
    'address-not-cleared',
    'handle_mmio_page_fault_common',
    'if (direct) addr = 0n;',
    '',
    'Without nested paging the cache is asked by gpa only.',
  ],
  [
    'frame-not-masked',
    'spte_to_pfn',
    '(pte & PT64_BASE_ADDR_MASK) >> PAGE_SHIFT',
    'pte >> PAGE_SHIFT',
    'Present entries of the model are executable, so all bits above the frame are zero.',
  ],
  [
    'operands-swapped',
    'check_mmio_spte',
    'kvm_gen === spte_gen',
    'spte_gen === kvm_gen',
    'Equality is symmetric, and both are read already.',
  ],
  [
    'not-below',
    'search_memslots',
    'gfn >= memslot.base_gfn',
    '!(gfn < memslot.base_gfn)',
    'The same comparison.',
  ],
  ['sort-by-two', 'cmp_memslot', 'return 1;', 'return 2;', 'A sort looks at the sign only.'],
  [
    'odd-is-one',
    'install_new_memslots',
    '(old_memslots.generation & 1n) !== 0n',
    '(old_memslots.generation & 1n) === 1n',
    'One bit is either 0 or 1.',
  ],
  [
    'no-bit-missing',
    'is_mmio_spte',
    '(spte & shadow_mmio_mask()) === shadow_mmio_mask()',
    '(~spte & shadow_mmio_mask()) === 0n',
    'All bits of the mask are set if and only if none is clear.',
  ],
  [
    'xor-of-fields',
    'mark_mmio_spte',
    'mask |= u64(',
    'mask ^= u64(',
    'The generation has no bit in common with the rest of the entry.',
  ],
  [
    'increment-written-out',
    'install_new_memslots',
    'slots.generation++;',
    'slots.generation = slots.generation + 1n;',
    'The same load and the same store.',
  ],
  [
    'overlap-by-de-morgan',
    '__kvm_set_memory_region',
    '!(base_gfn + npages <= slot.base_gfn || base_gfn >= slot.base_gfn + slot.npages)',
    'base_gfn + npages > slot.base_gfn && base_gfn < slot.base_gfn + slot.npages',
    'The same condition.',
  ],
  [
    'flags-within',
    'check_memory_region_flags',
    '(mem.flags & ~valid_flags) !== 0',
    '(mem.flags | valid_flags) !== valid_flags',
    'A set is within another if and only if their union is that other.',
  ],
  [
    'number-of-bigint',
    'kvm_current_mmio_generation',
    'u32(kvm_memslots(kvm).generation & BigInt(MMIO_GEN_MASK()))',
    'Number(kvm_memslots(kvm).generation & BigInt(MMIO_GEN_MASK()))',
    'Twenty bits need no cut to thirty-two.',
  ],
  [
    'bit-is-its-mask',
    'nonpaging_map',
    '(error_code & PFERR_WRITE_MASK) !== 0',
    '(error_code & PFERR_WRITE_MASK) === PFERR_WRITE_MASK',
    'The mask has one bit.',
  ],
];

/** Edits that move something from one place to another. */
const TWO_PLACES: readonly Known[] = [
  {
    name: 'freed-before-commit',
    harmless: 'kvm_arch_commit_memory_region() does nothing in the model.',
    edits: [
      {
        function: '__kvm_set_memory_region',
        anchor: 'kvm_arch_commit_memory_region(kvm, mem, old, change);',
        replacement: 'kfree(old_memslots);',
      },
      {
        function: '__kvm_set_memory_region',
        anchor: 'kfree(old_memslots);',
        replacement: 'kvm_arch_commit_memory_region(kvm, mem, old, change);',
      },
    ],
  },
];

export const EQUAL: readonly Control[] = [
  ...ONE_PLACE.map(([name, where, anchor, replacement, harmless]) => ({
    name,
    harmless,
    edits: [{ function: where, anchor, replacement }],
  })),
  ...TWO_PLACES,
].map((pair) => ({ ...pair, eras: ['v3.17'] }));
