// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './hook-after-store.ts';

const INSTALL =
  'a.generation = gen | FLAG; rcu_assign_pointer(k.$.slots, a); gen = a.generation & ~FLAG; ' +
  'gen += n;';

test('hook-after-store stores the number first', () => {
  const text = `${INSTALL} kvm_arch_memslots_updated(kvm, gen); a.generation = gen;`;
  expect(mutantsOf(operator, text)).toEqual([
    `${INSTALL} a.generation = gen; kvm_arch_memslots_updated(kvm, gen);`,
  ]);
});

test('hook-after-store needs a hook', () => {
  expect(mutantsOf(operator, `${INSTALL} a.generation = gen;`)).toEqual([]);
});
