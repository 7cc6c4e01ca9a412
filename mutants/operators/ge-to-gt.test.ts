// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './ge-to-gt.ts';

const LOOP = 'while (i > 0 && it.base_gfn >= all[i - 1]!.base_gfn) i--;';

test('ge-to-gt takes the equal ones out of a comparison of gfns', () => {
  expect(mutantsOf(operator, LOOP, 'function update_memslots(all, it)')).toEqual([
    'while (i > 0 && it.base_gfn > all[i - 1]!.base_gfn) i--;',
  ]);
});

test('ge-to-gt leaves lookups, other directions and other fields alone', () => {
  expect(mutantsOf(operator, LOOP, 'function search_memslots(all, it)')).toEqual([]);
  const others = 'while (it.base_gfn <= a.base_gfn && it.npages >= a.npages) i++;';
  expect(mutantsOf(operator, others, 'function update_memslots(a, it)')).toEqual([]);
});
