// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './update-active-set.ts';

test('update-active-set takes the published set where the spare one is changed', () => {
  const text = 'const slots = kvm_get_inactive_memslots(kvm, as_id); f(slots);';
  expect(mutantsOf(operator, text)).toEqual([
    'const slots = __kvm_memslots(kvm, as_id); f(slots);',
  ]);
});

test('update-active-set leaves the function alone that publishes', () => {
  const text =
    'const slots = kvm_get_inactive_memslots(kvm, as_id); rcu_assign_pointer(kvm.$.x[0], slots);';
  expect(mutantsOf(operator, text)).toEqual([]);
});
