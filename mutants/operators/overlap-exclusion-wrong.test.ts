// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './overlap-exclusion-wrong.ts';

test('overlap-exclusion-wrong leaves out the exception for the same id', () => {
  expect(mutantsOf(operator, 'if (slot.id >= MAX || slot.id === mem.slot) f();')).toEqual([
    'if (slot.id >= MAX) f();',
  ]);
});

test('overlap-exclusion-wrong leaves other conditions alone', () => {
  expect(mutantsOf(operator, 'if (a || slot.flags === mem.flags) f();')).toEqual([]);
});
