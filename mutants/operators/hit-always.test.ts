// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './hit-always.ts';

test('hit-always answers yes where a tag is compared with the number', () => {
  expect(mutantsOf(operator, 'f(); return a === b;', 'function vcpu_match_mmio_gen()')).toEqual([
    'f(); return true;',
  ]);
});

test('hit-always leaves other comparisons alone', () => {
  expect(mutantsOf(operator, 'return a === b;', 'function is_mmio_spte()')).toEqual([]);
});
