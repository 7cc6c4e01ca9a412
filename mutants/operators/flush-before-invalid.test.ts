// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './flush-before-invalid.ts';

const FLUSH = 'kvm_arch_flush_shadow_memslot(kvm, slot);';

test('flush-before-invalid moves the flush before the install of the invalid slot', () => {
  expect(
    mutantsOf(operator, `old = install_new_memslots(kvm, slots, null); ${FLUSH} slots = old;`),
  ).toEqual([`${FLUSH} old = install_new_memslots(kvm, slots, null); slots = old;`]);
});

test('flush-before-invalid needs a flush behind such an install', () => {
  expect(mutantsOf(operator, `${FLUSH} old = install_new_memslots(kvm, slots, new_);`)).toEqual([]);
});
