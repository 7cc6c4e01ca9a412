// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './publish-before-gen.ts';

test('publish-before-gen moves the number of a set behind its publication', () => {
  expect(
    mutantsOf(operator, 'a.gen = old.gen + 1n; fill(a); rcu_assign_pointer(k.$.slots, a); f();'),
  ).toEqual(['fill(a); rcu_assign_pointer(k.$.slots, a); a.gen = old.gen + 1n; f();']);
});

test('publish-before-gen leaves the numbers of other objects alone', () => {
  expect(mutantsOf(operator, 'k.installs += 1n; rcu_assign_pointer(k.$.slots, a);')).toEqual([]);
});

const FLAGGED =
  'a.generation = gen | FLAG; rcu_assign_pointer(k.$.slots, a); synchronize_srcu(s); ' +
  'gen = a.generation & ~FLAG; gen = u64(gen + n); a.generation = gen;';

test('publish-before-gen sets the flag after the publication', () => {
  expect(mutantsOf(operator, FLAGGED)).toEqual([
    'rcu_assign_pointer(k.$.slots, a); a.generation = gen | FLAG; synchronize_srcu(s); ' +
      'gen = a.generation & ~FLAG; gen = u64(gen + n); a.generation = gen;',
  ]);
});
