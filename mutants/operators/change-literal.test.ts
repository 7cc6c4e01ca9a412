// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf, mutantsOfFile } from '#mutation/mutants-of';
import { operator } from './change-literal.ts';

test('change-literal changes a number by one in each direction, and zero upwards', () => {
  expect(mutantsOf(operator, 'for (let i = 0; i < n; i++) x = y << 3n;')).toEqual([
    'for (let i = 1; i < n; i++) x = y << 3n;',
    'for (let i = 0; i < n; i++) x = y << 4n;',
    'for (let i = 0; i < n; i++) x = y << 2n;',
  ]);
});

test('change-literal keeps the way a number is written', () => {
  expect(mutantsOf(operator, 'mask |= 0x3n << 62n; return -7;')).toEqual([
    'mask |= 0x3n << 63n; return -7;',
    'mask |= 0x3n << 61n; return -7;',
    'mask |= 0x3n << 62n; return -8;',
    'mask |= 0x3n << 62n; return -6;',
  ]);
});

test('change-literal changes constants that are no masks', () => {
  expect(mutantsOfFile(operator, 'const DELETE = 1; const A_MASK = 2; const B = 0xffn;')).toEqual([
    'const DELETE = 2; const A_MASK = 2; const B = 0xffn;',
    'const DELETE = 0; const A_MASK = 2; const B = 0xffn;',
  ]);
});

test('change-literal leaves tests of flags, indexes and assertions alone', () => {
  expect(mutantsOf(operator, 'if ((a & FLAG) !== 0n) f(b[1]); WARN_ON(c > 3);')).toEqual([]);
});
