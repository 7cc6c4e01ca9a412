// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './drop-first-keep-parity.ts';

test('drop-first-keep-parity moves the first increment into the second', () => {
  const install = 'a.gen = old.gen + 1n; rcu_assign_pointer(k.$.slots, a); sync(); a.gen += 1n;';
  expect(mutantsOf(operator, install)).toEqual([
    'a.gen = old.gen; rcu_assign_pointer(k.$.slots, a); sync(); a.gen += 2n;',
  ]);
});

test('drop-first-keep-parity writes a second ++ as an addition', () => {
  expect(
    mutantsOf(operator, 'a.gen = old.gen + 1n; rcu_assign_pointer(k.$.slots, a); a.gen++;'),
  ).toEqual(['a.gen = old.gen; rcu_assign_pointer(k.$.slots, a); a.gen += 2n;']);
});

test('drop-first-keep-parity needs a publication between two increments of one field', () => {
  expect(mutantsOf(operator, 'a.gen = old.gen + 1n; a.gen += 1n;')).toEqual([]);
  expect(
    mutantsOf(operator, 'a.gen = old.gen + 1n; rcu_assign_pointer(k.$.slots, a); a.used += 1n;'),
  ).toEqual([]);
});

const FLAGGED =
  'a.generation = gen | FLAG; rcu_assign_pointer(k.$.slots, a); synchronize_srcu(s); ' +
  'gen = a.generation & ~FLAG; gen = u64(gen + n); a.generation = gen;';

test('drop-first-keep-parity leaves the flag out', () => {
  expect(mutantsOf(operator, FLAGGED)).toEqual([FLAGGED.replace('gen | FLAG;', 'gen;')]);
});
