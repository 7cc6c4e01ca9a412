// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './drop-operand.ts';

test('drop-operand leaves out either operand, and of a shift or a difference the right one', () => {
  expect(mutantsOf(operator, 'a = b | c;')).toEqual(['a = c;', 'a = b;']);
  expect(mutantsOf(operator, 'a = b << 2n;')).toEqual(['a = b;']);
  expect(mutantsOf(operator, 'a = b - 2n;')).toEqual(['a = b;']);
});

test('drop-operand leaves out a condition that is a call or a name, but no comparison', () => {
  expect(mutantsOf(operator, 'if (a === b && !f(c)) g();')).toEqual(['if (a === b) g();']);
  expect(mutantsOf(operator, 'if (a || b > c) g();')).toEqual(['if (b > c) g();']);
});

test('drop-operand keeps the value in a test of a flag', () => {
  expect(mutantsOf(operator, 'if ((flags & A) !== 0) f();')).toEqual(['if ((flags) !== 0) f();']);
});

test('drop-operand leaves assignments, comparisons and assertions alone', () => {
  expect(mutantsOf(operator, 'a += b; if (a < b) c = !d; WARN_ON(a & b);')).toEqual([]);
});
