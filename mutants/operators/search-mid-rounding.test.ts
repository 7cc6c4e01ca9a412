// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './search-mid-rounding.ts';

const LOOP = (half: string, upper: string, lower: string) =>
  `while (start < end) { slot = start + ${half}; ` +
  `if (f(slot)) end = ${upper}; else start = ${lower}; }`;

test('search-mid-rounding rounds up, and moves each bound by one entry', () => {
  const half = 'Math.trunc((end - start) / 2)';
  const text = LOOP(half, 'slot', 'slot + 1');
  expect(mutantsOf(operator, text, 'function search_memslots(slots, gfn)')).toEqual([
    LOOP('Math.trunc((end - start + 1) / 2)', 'slot', 'slot + 1'),
    LOOP(half, 'slot - 1', 'slot + 1'),
    LOOP(half, 'slot', 'slot'),
  ]);
});

test('search-mid-rounding leaves other functions alone', () => {
  expect(mutantsOf(operator, LOOP('((end - start) >> 1)', 'slot', 'slot + 1'))).toEqual([]);
});
