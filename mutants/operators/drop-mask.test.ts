// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './drop-mask.ts';

test('drop-mask takes away one mask at a time and keeps what was masked', () => {
  expect(mutantsOf(operator, 'return (gen & LOW) << 2n | (spte & ~m);')).toEqual([
    'return (gen) << 2n | (spte & ~m);',
    'return (gen & LOW) << 2n | (spte);',
  ]);
});

test('drop-mask leaves out an assignment that masks in place', () => {
  expect(mutantsOf(operator, 'access &= ACC_WRITE_MASK | ACC_USER_MASK;')).toEqual(['']);
});

test('drop-mask leaves logical operators and unions alone', () => {
  expect(mutantsOf(operator, 'if (a && b) x |= c;')).toEqual([]);
});

test('drop-mask leaves the test of a flag alone, but not the comparison of a masked value', () => {
  expect(mutantsOf(operator, 'return (flags & INVALID) !== 0 || (spte & m()) === m();')).toEqual([
    'return (flags & INVALID) !== 0 || (spte) === m();',
  ]);
});
