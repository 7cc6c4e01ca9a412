// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './no-sync.ts';

test('no-sync leaves out one grace period at a time', () => {
  expect(mutantsOf(operator, 'synchronize_srcu_expedited(s); f(); synchronize_rcu();')).toEqual([
    'f(); synchronize_rcu();',
    'synchronize_srcu_expedited(s); f();',
  ]);
});

test('no-sync leaves other calls alone', () => {
  expect(mutantsOf(operator, 'kvm_sync(s); const x = synchronize_srcu(s);')).toEqual([]);
});
