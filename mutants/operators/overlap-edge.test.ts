// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './overlap-edge.ts';

test('overlap-edge makes each comparison of two ranges strict', () => {
  expect(
    mutantsOf(operator, 'if (!(base_gfn + n <= s.base_gfn || base_gfn >= s.base_gfn + s.n)) f();'),
  ).toEqual([
    'if (!(base_gfn + n < s.base_gfn || base_gfn >= s.base_gfn + s.n)) f();',
    'if (!(base_gfn + n <= s.base_gfn || base_gfn > s.base_gfn + s.n)) f();',
  ]);
});

test('overlap-edge leaves the lookup of one gfn alone', () => {
  expect(mutantsOf(operator, 'return gfn >= s.base_gfn;')).toEqual([]);
});
