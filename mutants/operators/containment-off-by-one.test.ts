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

test('containment-off-by-one leaves other functions alone', () => {
  expect(mutantsOf(operator, 'return gfn < end;')).toEqual([]);
});
