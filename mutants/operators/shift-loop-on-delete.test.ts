// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './shift-loop-on-delete.ts';

const HEAD = 'function update_memslots(all, it)';

test('shift-loop-on-delete takes the condition from before the loop, and keeps the rest', () => {
  const text = 'if (it.npages !== 0n) { while (f(i)) i--; } else WARN_ON(i !== n);';
  expect(mutantsOf(operator, text, HEAD)).toEqual([
    '{ while (f(i)) i--; } if (!(it.npages !== 0n)) WARN_ON(i !== n);',
  ]);
  expect(mutantsOf(operator, 'if (it.npages !== 0n) { while (f(i)) i--; }', HEAD)).toEqual([
    '{ while (f(i)) i--; }',
  ]);
});

test('shift-loop-on-delete leaves conditions without a loop, and other loops, alone', () => {
  expect(mutantsOf(operator, 'if (it.npages !== 0n) all.used++;', HEAD)).toEqual([]);
  expect(mutantsOf(operator, 'if (it.flags !== 0) { while (f(i)) i--; }', HEAD)).toEqual([]);
});
