// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './publish-plain.ts';

test('publish-plain turns a publication into an assignment', () => {
  expect(mutantsOf(operator, 'rcu_assign_pointer(kvm.$.memslots, slots);')).toEqual([
    'kvm.memslots = slots;',
  ]);
});

test('publish-plain leaves pointers alone that nobody can see yet', () => {
  expect(mutantsOf(operator, 'RCU_INIT_POINTER(kvm.$.memslots, slots);')).toEqual([]);
});
