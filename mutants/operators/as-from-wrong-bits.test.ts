// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './as-from-wrong-bits.ts';

test('as-from-wrong-bits keeps the space in the number, and takes it from another bit', () => {
  expect(mutantsOf(operator, 'const as = mem.slot >>> 16; const id = u16(mem.slot);')).toEqual([
    'const as = mem.slot >>> 15; const id = u16(mem.slot);',
    'const as = mem.slot >>> 16; const id = mem.slot;',
  ]);
});

test('as-from-wrong-bits leaves other shifts and cuts alone', () => {
  expect(mutantsOf(operator, 'const a = mem.size >>> 16; const b = u16(mem.flags);')).toEqual([]);
});
