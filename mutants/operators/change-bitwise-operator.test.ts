// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './change-bitwise-operator.ts';

test('change-bitwise-operator turns one operator at a time into its opposite', () => {
  expect(mutantsOf(operator, 'return (a & b) | ((c ^ d) << 2n) | (e >> 1n);').sort()).toEqual([
    'return (a & b) & ((c ^ d) << 2n) | (e >> 1n);',
    'return (a & b) | ((c ^ d) << 2n) & (e >> 1n);',
    'return (a & b) | ((c ^ d) << 2n) | (e << 1n);',
    'return (a & b) | ((c ^ d) >> 2n) | (e >> 1n);',
    'return (a & b) | ((c | d) << 2n) | (e >> 1n);',
    'return (a | b) | ((c ^ d) << 2n) | (e >> 1n);',
  ]);
});

test('change-bitwise-operator leaves other operators and assertions alone', () => {
  expect(mutantsOf(operator, 'if (a && b || c) x |= d + e; WARN_ON((a & b) !== 0);')).toEqual([]);
});
