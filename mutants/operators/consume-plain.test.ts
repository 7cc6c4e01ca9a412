// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './consume-plain.ts';

test('consume-plain keeps the pointer and nothing around it', () => {
  expect(mutantsOf(operator, 'return rcu_dereference_check(kvm.memslots, held(kvm))!;')).toEqual([
    'return kvm.memslots!;',
  ]);
});

test('consume-plain leaves other calls alone', () => {
  expect(mutantsOf(operator, 'return READ_ONCE(kvm.memslots);')).toEqual([]);
});
