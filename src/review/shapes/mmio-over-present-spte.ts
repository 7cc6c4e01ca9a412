// SPDX-License-Identifier: GPL-2.0-only
// Can an entry of memory become one of MMIO in one step? Userspace can make it so, and the old
// entry stays in KVM's books.

import type { Shape } from '../shape.ts';

export const shape: Shape = {
  name: 'mmio-over-present-spte',
  kind: 'regression',
  does: 'makes an MMIO SPTE before a present one is dropped',
  breaks: [],
  question:
    'Can an MMIO SPTE overwrite a present one here? It must be dropped and flushed first ' +
    '(CVE-2026-23401).',
  pieces: [
    {
      functions: ['mmu_set_spte'],
      nowBefore: [/mark_mmio_spte\(/, /is_shadow_present_pte\(/],
    },
  ],
  examples: [
    [
      'mmu_set_spte',
      '+\tif (unlikely(is_noslot_pfn(pfn))) {',
      '+\t\tmark_mmio_spte(vcpu, sptep, gfn, pte_access);',
      '+\t\treturn RET_PF_EMULATE;',
      '+\t}',
      ' \tif (is_shadow_present_pte(*sptep)) {',
      ' \t}',
      '-\tif (unlikely(is_noslot_pfn(pfn))) {',
      '-\t\tmark_mmio_spte(vcpu, sptep, gfn, pte_access);',
      '-\t\treturn RET_PF_EMULATE;',
      '-\t}',
    ],
  ],
  counterexamples: [
    [
      'mmu_set_spte',
      '-\tif (is_shadow_present_pte(*sptep)) {',
      '+\tif (is_shadow_present_pte(old)) {',
      ' \t\tmark_mmio_spte(vcpu, sptep, gfn, pte_access);',
    ],
  ],
};
