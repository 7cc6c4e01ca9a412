// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './arch-lock-released-early.ts';

test('arch-lock-released-early drops the lock before the publication', () => {
  const text = 'rcu_assign_pointer(kvm.$.p, s); spin_unlock(m); mutex_unlock(l); f();';
  expect(mutantsOf(operator, text)).toEqual([
    'mutex_unlock(l); rcu_assign_pointer(kvm.$.p, s); spin_unlock(m); f();',
  ]);
});

test('arch-lock-released-early leaves locks alone that cover no publication', () => {
  expect(mutantsOf(operator, 'mutex_unlock(l); rcu_assign_pointer(kvm.$.p, s);')).toEqual([]);
});
