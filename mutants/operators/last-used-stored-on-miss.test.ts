// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './last-used-stored-on-miss.ts';

const HEAD = 'function search_memslots(slots, gfn)';

test('last-used-stored-on-miss remembers before it asks whether the gfn is there', () => {
  const text =
    'if (holds(start)) { atomic_set(slots.lru_slot, start); return start; } return null;';
  expect(mutantsOf(operator, text, HEAD)).toEqual([
    'atomic_set(slots.lru_slot, start); if (holds(start)) { return start; } return null;',
  ]);
});

test('last-used-stored-on-miss leaves other functions and other calls alone', () => {
  const text = 'if (holds(start)) { atomic_set(slots.lru_slot, start); return start; }';
  expect(mutantsOf(operator, text)).toEqual([]);
  expect(mutantsOf(operator, 'if (a) { f(start); } atomic_set(x, 1);', HEAD)).toEqual([]);
});
