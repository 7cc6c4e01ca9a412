// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './skip-invalid-install.ts';

test('skip-invalid-install leaves out the install and the reuse of the set it replaced', () => {
  expect(
    mutantsOf(
      operator,
      'old_memslots = install_new_memslots(kvm, slots, null); flush(); slots = old_memslots;',
    ),
  ).toEqual(['flush();']);
});

test('skip-invalid-install leaves the install of a new slot alone', () => {
  expect(mutantsOf(operator, 'old = install_new_memslots(kvm, slots, new_); f(null);')).toEqual([]);
});
