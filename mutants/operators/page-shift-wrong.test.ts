// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './page-shift-wrong.ts';

test('page-shift-wrong shifts not at all, or by one bit less', () => {
  expect(mutantsOf(operator, 'mask |= u64(access | (gfn << PAGE_SHIFT));')).toEqual([
    'mask |= u64(access | (gfn));',
    'mask |= u64(access | (gfn << (PAGE_SHIFT - 1n)));',
  ]);
});

test('page-shift-wrong leaves other shifts alone', () => {
  expect(mutantsOf(operator, 'return gen << LOW_SHIFT();')).toEqual([]);
});
