// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './sort-ascending.ts';

const COMPARISON = 'if (a.n < b.n) return 1; if (a.n > b.n) return -1; return 0;';

test('sort-ascending turns both answers round at once', () => {
  expect(mutantsOf(operator, COMPARISON, 'function cmp_memslot(a, b)')).toEqual([
    'if (a.n < b.n) return -1; if (a.n > b.n) return 1; return 0;',
  ]);
});

test('sort-ascending turns all comparisons of an insertion round at once', () => {
  const text =
    'while (it.base_gfn <= a[i + 1]!.base_gfn) i++; while (it.base_gfn >= a[i - 1]!.base_gfn) i--;';
  expect(mutantsOf(operator, text, 'function update_memslots(a, it)')).toEqual([
    'while (it.base_gfn >= a[i + 1]!.base_gfn) i++; while (it.base_gfn <= a[i - 1]!.base_gfn) i--;',
  ]);
});

test('sort-ascending leaves other functions alone', () => {
  expect(mutantsOf(operator, COMPARISON, 'function check(a, b)')).toEqual([]);
});
