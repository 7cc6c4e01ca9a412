// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './index-off-by-one.ts';

test('index-off-by-one takes the element behind, one place at a time', () => {
  expect(mutantsOf(operator, 'a.map[a.slots[i]!.id] = i;')).toEqual([
    'a.map[a.slots[i]!.id + 1] = i;',
    'a.map[a.slots[i + 1]!.id] = i;',
  ]);
});

test('index-off-by-one leaves fields and assertions alone', () => {
  expect(mutantsOf(operator, 'a.b = c.d; WARN_ON(a[i] !== b);')).toEqual([]);
});
