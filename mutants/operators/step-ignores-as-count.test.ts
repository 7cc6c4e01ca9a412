// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './step-ignores-as-count.ts';

const FLAGGED =
  'a.generation = gen | FLAG; rcu_assign_pointer(k.$.slots, a); synchronize_srcu(s); ' +
  'gen = a.generation & ~FLAG; gen = u64(gen + n); a.generation = gen;';

test('step-ignores-as-count adds one', () => {
  expect(mutantsOf(operator, FLAGGED)).toEqual([
    FLAGGED.replace('gen = u64(gen + n)', 'gen += 1n'),
  ]);
});

test('step-ignores-as-count leaves other sums alone', () => {
  expect(mutantsOf(operator, 'gen = u64(gen + n); a.generation = gen;')).toEqual([]);
});
