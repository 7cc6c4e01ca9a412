// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './keep-low-bit.ts';

test('keep-low-bit widens a mask that leaves out the lowest bit', () => {
  expect(mutantsOf(operator, 'return (1 << bits()) - 2;')).toEqual(['return (1 << bits()) - 1;']);
  expect(mutantsOf(operator, 'return (1n << 10n) - 2n;')).toEqual(['return (1n << 10n) - 1n;']);
});

test('keep-low-bit leaves other masks and differences alone', () => {
  expect(mutantsOf(operator, 'return ((1 << n) - 1) + (n - 2);')).toEqual([]);
});
