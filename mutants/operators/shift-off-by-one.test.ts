// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf, mutantsOfFile } from '#mutation/mutants-of';
import { operator } from './shift-off-by-one.ts';

test('shift-off-by-one adds to a count of the kind that its function returns', () => {
  const [f, g] = ['function f(): number {}', 'function g(): bigint {}'];
  expect(mutantsOfFile(operator, `${f} function h() { return a << f(); }`)).toEqual([
    `${f} function h() { return a << (f() + 1); }`,
    `${f} function h() { return a << (f() - 1); }`,
  ]);
  expect(mutantsOfFile(operator, `${g} function h() { return a >> g(); }`)).toEqual([
    `${g} function h() { return a >> (g() + 1n); }`,
    `${g} function h() { return a >> (g() - 1n); }`,
  ]);
});

test('shift-off-by-one adds inside of a conversion', () => {
  expect(mutantsOf(operator, 'return a << BigInt(n);')).toEqual([
    'return a << BigInt(n + 1);',
    'return a << BigInt(n - 1);',
  ]);
});

test('shift-off-by-one leaves literals and unknown functions alone', () => {
  expect(mutantsOf(operator, 'return (a << 2n) | (b >> unknown()) | (c << PAGE_SHIFT);')).toEqual(
    [],
  );
});
