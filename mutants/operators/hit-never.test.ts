// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './hit-never.ts';

test('hit-never answers no where a tag is compared with the number', () => {
  expect(mutantsOf(operator, 'f(); return a === b;', 'function check_mmio_spte()')).toEqual([
    'f(); return false;',
  ]);
});

test('hit-never leaves other comparisons alone', () => {
  expect(mutantsOf(operator, 'return a === b;', 'function is_mmio_spte()')).toEqual([]);
});
