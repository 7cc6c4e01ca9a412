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

const FLAGGED =
  'a.generation = gen | FLAG; rcu_assign_pointer(k.$.slots, a); synchronize_srcu(s); ' +
  'gen = a.generation & ~FLAG; gen = u64(gen + n); a.generation = gen;';

test('never-increment leaves out flag and step of a flagged number', () => {
  const mutated = FLAGGED.replace('gen | FLAG;', 'gen;').replace(' gen = u64(gen + n);', '');
  expect(mutantsOf(operator, FLAGGED)).toEqual([mutated]);
});
