// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './hook-before-sync.ts';

test('hook-before-sync moves the hook before the grace period', () => {
  expect(
    mutantsOf(operator, 'synchronize_srcu(s); a.gen++; kvm_arch_memslots_updated(kvm);'),
  ).toEqual(['kvm_arch_memslots_updated(kvm); synchronize_srcu(s); a.gen++;']);
});

test('hook-before-sync leaves a hook alone that is before the grace period', () => {
  expect(mutantsOf(operator, 'kvm_arch_memslots_updated(kvm); synchronize_srcu(s);')).toEqual([]);
});
