// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './range-edge-off-by-one.ts';

test('range-edge-off-by-one changes the split and the width of the generation', () => {
  expect(mutantsOf(operator, 'return bits ?? 10;', 'function MMIO_GEN_LOW_SHIFT()')).toEqual([
    'return bits ?? 11;',
    'return bits ?? 9;',
  ]);
  expect(mutantsOf(operator, 'return 20;', 'function MMIO_GEN_SHIFT()')).toEqual([
    'return 21;',
    'return 19;',
  ]);
});

test('range-edge-off-by-one leaves masks alone, which follow from the split', () => {
  expect(mutantsOf(operator, 'return (1 << n) - 2;', 'function MMIO_GEN_LOW_MASK()')).toEqual([]);
});
