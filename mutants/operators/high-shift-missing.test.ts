// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './high-shift-missing.ts';

test('high-shift-missing leaves out the shift by the width of the low field', () => {
  expect(
    mutantsOf(
      operator,
      'a = (gen >> BigInt(MMIO_GEN_LOW_SHIFT())) << 52n; b = n << MMIO_GEN_LOW_SHIFT();',
    ),
  ).toEqual([
    'a = (gen) << 52n; b = n << MMIO_GEN_LOW_SHIFT();',
    'a = (gen >> BigInt(MMIO_GEN_LOW_SHIFT())) << 52n; b = n;',
  ]);
});

test('high-shift-missing leaves masks and other shifts alone', () => {
  expect(
    mutantsOf(operator, 'a = (1 << MMIO_GEN_LOW_SHIFT()) - 2; b = gfn << PAGE_SHIFT;'),
  ).toEqual([]);
});
