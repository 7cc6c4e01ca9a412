// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './index-map-not-updated.ts';

test('index-map-not-updated leaves out one write of the map at a time', () => {
  expect(mutantsOf(operator, 'for (;;) slots.id_to_index[slots.memslots[i]!.id] = i;')).toEqual([
    'for (;;) {}',
  ]);
});

test('index-map-not-updated leaves readers of the map alone', () => {
  expect(mutantsOf(operator, 'const index = slots.id_to_index[id]!;')).toEqual([]);
});
