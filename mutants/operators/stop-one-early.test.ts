// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './stop-one-early.ts';

test('stop-one-early leaves out the last turn of a loop', () => {
  expect(mutantsOf(operator, 'for (let i = 0; i < max(); i++) f(i);')).toEqual([
    'for (let i = 0; i < max() - 1; i++) f(i);',
  ]);
});

test('stop-one-early finds the bound beside another condition', () => {
  expect(mutantsOf(operator, 'for (let i = 0; i < n && a[i] < b; i++) f(i);')).toEqual([
    'for (let i = 0; i < n - 1 && a[i] < b; i++) f(i);',
  ]);
});

test('stop-one-early leaves other comparisons alone', () => {
  expect(mutantsOf(operator, 'if (a < b) f(); for (;;) g();')).toEqual([]);
});
