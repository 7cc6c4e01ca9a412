// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './both-increments-before-publish.ts';

test('both-increments-before-publish moves the second increment into the first', () => {
  const install = 'a.gen = old.gen + 1n; rcu_assign_pointer(k.$.slots, a); sync(); a.gen++;';
  expect(mutantsOf(operator, install)).toEqual([
    'a.gen = old.gen + 2n; rcu_assign_pointer(k.$.slots, a); sync();',
  ]);
});

test('both-increments-before-publish needs a second increment', () => {
  expect(mutantsOf(operator, 'a.gen = old.gen + 1n; rcu_assign_pointer(k.$.slots, a);')).toEqual(
    [],
  );
});

const FLAGGED =
  'a.generation = gen | FLAG; rcu_assign_pointer(k.$.slots, a); synchronize_srcu(s); ' +
  'gen = a.generation & ~FLAG; gen = u64(gen + n); a.generation = gen;';

test('both-increments-before-publish publishes a flagged number as the final one', () => {
  expect(mutantsOf(operator, FLAGGED)).toEqual([
    'a.generation = u64(gen + n); rcu_assign_pointer(k.$.slots, a); synchronize_srcu(s); ' +
      'gen = a.generation & ~FLAG; a.generation = gen;',
  ]);
});
