// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './no-tail-break.ts';

const HEAD = 'function update_memslots(all, it)';

test('no-tail-break leaves out the stop at an unused entry', () => {
  const text = 'while (f(i)) { if (all[i + 1]!.npages === 0n) break; i++; }';
  expect(mutantsOf(operator, text, HEAD)).toEqual(['while (f(i)) { i++; }']);
});

test('no-tail-break leaves other stops alone', () => {
  const text = 'while (f(i)) { if (all[i]!.id === 0) break; if (it.npages === 0n) i++; }';
  expect(mutantsOf(operator, text, HEAD)).toEqual([]);
});
