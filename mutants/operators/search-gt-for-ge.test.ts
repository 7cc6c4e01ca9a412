// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './search-gt-for-ge.ts';

const HEAD = 'function search_memslots(slots, gfn)';

test('search-gt-for-ge takes the equal one out of the comparison that halves', () => {
  const text = 'while (a < b) { if (gfn >= s[m].base_gfn) b = m; else a = m + 1; }';
  expect(mutantsOf(operator, text, HEAD)).toEqual([
    'while (a < b) { if (gfn > s[m].base_gfn) b = m; else a = m + 1; }',
  ]);
});

test('search-gt-for-ge leaves what asks whether a slot holds the gfn alone', () => {
  const text = 'for (const s of all) if (gfn >= s.base && gfn < s.base + s.n) return s;';
  expect(mutantsOf(operator, text, HEAD)).toEqual([]);
  expect(mutantsOf(operator, 'if (gfn >= s.base) return s;', HEAD)).toEqual([]);
});
