// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './skip-sort.ts';

test('skip-sort leaves out one sort at a time', () => {
  expect(mutantsOf(operator, 'if (a) sort_memslots(slots); sort(slots.memslots, n, f);')).toEqual([
    'if (a) {} sort(slots.memslots, n, f);',
    'if (a) sort_memslots(slots);',
  ]);
});

test('skip-sort leaves other calls alone', () => {
  expect(mutantsOf(operator, 'resort(slots);')).toEqual([]);
});
