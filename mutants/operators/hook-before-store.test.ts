// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './hook-before-store.ts';

test('hook-before-store moves the hook before the last increment', () => {
  expect(
    mutantsOf(operator, 'a.gen = b.gen + 1n; sync(); a.gen++; kvm_arch_memslots_updated(kvm);'),
  ).toEqual(['a.gen = b.gen + 1n; sync(); kvm_arch_memslots_updated(kvm); a.gen++;']);
});

test('hook-before-store needs an increment before the hook', () => {
  expect(mutantsOf(operator, 'kvm_arch_memslots_updated(kvm); a.gen++;')).toEqual([]);
});
