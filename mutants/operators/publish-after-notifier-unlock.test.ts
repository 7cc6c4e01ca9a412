// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './publish-after-notifier-unlock.ts';

test('publish-after-notifier-unlock publishes behind the unlock', () => {
  const text = 'spin_lock(l); rcu_assign_pointer(kvm.$.p, s); spin_unlock(l); f();';
  expect(mutantsOf(operator, text)).toEqual([
    'spin_lock(l); spin_unlock(l); rcu_assign_pointer(kvm.$.p, s); f();',
  ]);
});

test('publish-after-notifier-unlock leaves a publication alone that needs no spinlock', () => {
  expect(mutantsOf(operator, 'rcu_assign_pointer(kvm.$.p, s); f(); spin_unlock(l);')).toEqual([]);
});
