// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './containment-off-by-one.ts';

test('containment-off-by-one moves each end of a slot by one', () => {
  expect(
    mutantsOf(
      operator,
      'for (; i < n; i++) if (gfn >= s.base && gfn < s.base + s.n) return s;',
      'function search_memslots(slots, gfn)',
    ),
  ).toEqual([
    'for (; i < n; i++) if (gfn > s.base && gfn < s.base + s.n) return s;',
    'for (; i < n; i++) if (gfn >= s.base && gfn <= s.base + s.n) return s;',
  ]);
});

test('containment-off-by-one leaves the comparison alone that halves a search', () => {
  const text = 'while (a < b) { if (gfn >= s[m].base) b = m; else a = m + 1; }';
  expect(mutantsOf(operator, text, 'function search_memslots(slots, gfn)')).toEqual([]);
});

test('containment-off-by-one leaves other functions alone', () => {
  expect(mutantsOf(operator, 'return gfn < end;')).toEqual([]);
});
