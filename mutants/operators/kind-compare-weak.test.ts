// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './kind-compare-weak.ts';

test('kind-compare-weak asks for any bit of the mask', () => {
  expect(mutantsOf(operator, 'return (spte & mask()) === mask();')).toEqual([
    'return (spte & mask()) !== 0n;',
  ]);
});

test('kind-compare-weak leaves the test of a flag and other values alone', () => {
  expect(mutantsOf(operator, 'return (a & FLAG) === 0n || (a & mask) === value;')).toEqual([]);
});
