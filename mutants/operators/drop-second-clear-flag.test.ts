// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './drop-second-clear-flag.ts';

const FLAGGED =
  'a.generation = gen | FLAG; rcu_assign_pointer(k.$.slots, a); synchronize_srcu(s); ' +
  'gen = a.generation & ~FLAG; gen = u64(gen + n); a.generation = gen;';

test('drop-second-clear-flag leaves out the step', () => {
  expect(mutantsOf(operator, FLAGGED)).toEqual([FLAGGED.replace(' gen = u64(gen + n);', '')]);
});

test('drop-second-clear-flag leaves numbers without a flag alone', () => {
  expect(mutantsOf(operator, FLAGGED.replace('gen | FLAG', 'gen'))).toEqual([]);
});
