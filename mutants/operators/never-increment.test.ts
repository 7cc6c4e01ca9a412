// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './never-increment.ts';

test('never-increment leaves out all increments of one field', () => {
  expect(mutantsOf(operator, 'a.gen = b.gen + 1n; publish(a); a.gen++; a.used++;')).toEqual([
    'a.gen = b.gen; publish(a); a.used++;',
  ]);
});

test('never-increment leaves a field alone that is incremented once', () => {
  expect(mutantsOf(operator, 'a.gen = b.gen + 1n; publish(a); a.used++;')).toEqual([]);
});
