// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './no-reinstall-on-failure.ts';

test('no-reinstall-on-failure drops the lock and keeps the invalid slot', () => {
  const text = 'kvm_activate_memslot(kvm, invalid_slot, old); kfree(invalid_slot); f();';
  expect(mutantsOf(operator, text)).toEqual(['mutex_unlock(kvm.slots_arch_lock); f();']);
});

test('no-reinstall-on-failure leaves the change alone that succeeds', () => {
  expect(mutantsOf(operator, 'kvm_activate_memslot(kvm, invalid_slot, null);')).toEqual([]);
});
