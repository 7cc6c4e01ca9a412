// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './low-shift-off-by-one.ts';

test('low-shift-off-by-one makes the shift of the low field larger and smaller', () => {
  expect(mutantsOf(operator, 'return 2n;', 'function MMIO_SPTE_GEN_LOW_SHIFT()')).toEqual([
    'return 3n;',
    'return 1n;',
  ]);
});

test('low-shift-off-by-one leaves other shifts alone', () => {
  expect(mutantsOf(operator, 'return 52n;', 'function MMIO_SPTE_GEN_HIGH_SHIFT()')).toEqual([]);
});
