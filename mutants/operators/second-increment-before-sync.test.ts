// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './second-increment-before-sync.ts';

test('second-increment-before-sync lets an increment pass the grace period before it', () => {
  expect(mutantsOf(operator, 'a.gen += 1n; publish(a); synchronize_srcu(s); a.gen += 1n;')).toEqual(
    ['a.gen += 1n; publish(a); a.gen += 1n; synchronize_srcu(s);'],
  );
});

test('second-increment-before-sync keeps the order of what stands between', () => {
  expect(mutantsOf(operator, 'synchronize_srcu_expedited(s); f(); a.gen++; g();')).toEqual([
    'a.gen++; synchronize_srcu_expedited(s); f(); g();',
  ]);
});

test('second-increment-before-sync leaves increments before the grace period alone', () => {
  expect(mutantsOf(operator, 'a.gen += 1n; synchronize_srcu(s); a.gen = 0n;')).toEqual([]);
});

const FLAGGED =
  'a.generation = gen | FLAG; rcu_assign_pointer(k.$.slots, a); synchronize_srcu(s); ' +
  'gen = a.generation & ~FLAG; gen = u64(gen + n); a.generation = gen;';

test('second-increment-before-sync stores the final number of a flagged install too early', () => {
  expect(mutantsOf(operator, FLAGGED)).toEqual([
    'a.generation = gen | FLAG; rcu_assign_pointer(k.$.slots, a); ' +
      'gen = a.generation & ~FLAG; gen = u64(gen + n); a.generation = gen; synchronize_srcu(s);',
  ]);
});
