// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './sync-before-publish.ts';

test('sync-before-publish lets the grace period pass the publication', () => {
  expect(
    mutantsOf(operator, 'f(); rcu_assign_pointer(k.$.slots, a); synchronize_srcu(s); a.gen += 1n;'),
  ).toEqual(['f(); synchronize_srcu(s); rcu_assign_pointer(k.$.slots, a); a.gen += 1n;']);
});

test('sync-before-publish does nothing where nothing is published before', () => {
  expect(mutantsOf(operator, 'synchronize_srcu(s); rcu_assign_pointer(k.$.slots, a);')).toEqual([]);
  expect(mutantsOf(operator, 'synchronize_srcu(s);')).toEqual([]);
});
