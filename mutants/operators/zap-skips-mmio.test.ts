// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './zap-skips-mmio.ts';

test('zap-skips-mmio drops present entries only', () => {
  expect(
    mutantsOf(operator, 'drop_spte(kvm, spte);', 'function mmu_page_zap_pte(kvm, spte)'),
  ).toEqual(['if (is_shadow_present_pte(spte.val)) drop_spte(kvm, spte);']);
});

test('zap-skips-mmio leaves an entry alone that is dropped to be written anew', () => {
  expect(mutantsOf(operator, 'drop_spte(kvm, spte);', 'function mmu_set_spte(spte)')).toEqual([]);
});
