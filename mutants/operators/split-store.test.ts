// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './split-store.ts';

test('split-store stores the halves of an SPTE in either order', () => {
  expect(mutantsOf(operator, 'sptep.val = spte;')).toEqual([
    '{ const next = spte; sptep.val = (next & 0xffff_ffffn) | (sptep.val & ~0xffff_ffffn); ' +
      'sptep.val = next; }',
    '{ const next = spte; sptep.val = (next & ~0xffff_ffffn) | (sptep.val & 0xffff_ffffn); ' +
      'sptep.val = next; }',
  ]);
});

test('split-store leaves fields alone that one thread has for itself', () => {
  expect(mutantsOf(operator, 'vcpu.arch.mmio_gfn = gfn; n = sptep.val;')).toEqual([]);
});
