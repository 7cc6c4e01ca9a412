// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './high-shift-off-by-one.ts';

test('high-shift-off-by-one makes the shift of the high field larger and smaller', () => {
  expect(mutantsOf(operator, 'return 52n;', 'function MMIO_SPTE_GEN_HIGH_SHIFT()')).toEqual([
    'return 53n;',
    'return 51n;',
  ]);
});

test('high-shift-off-by-one leaves other shifts alone', () => {
  expect(mutantsOf(operator, 'return 2n;', 'function MMIO_SPTE_GEN_LOW_SHIFT()')).toEqual([]);
});
