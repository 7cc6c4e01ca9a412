// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { count, ratio, table, time } from './table.ts';

test('the first column stands left, all others right, and a missing cell is empty', () => {
  expect(table(['size', 'n'], [['1v1u1f', '17'], ['x']])).toBe(
    ['| size   |  n |', '|--------|---:|', '| 1v1u1f | 17 |', '| x      |    |'].join('\n'),
  );
});

test('numbers are short', () => {
  expect([0, 999, 1000, 1234567.4].map(count)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect([0.26, 12.4, 299.9, 650, 9_949, 31_400].map(time)).toEqual([
    '0.3 ms',
    '12 ms',
    '300 ms',
    '0.65 s',
    '9.95 s',
    '31 s',
  ]);
  expect([ratio(9, 2), ratio(99, 2)]).toEqual(['4.5x', '50x']);
});
