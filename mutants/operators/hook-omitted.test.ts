// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './hook-omitted.ts';

test('hook-omitted leaves out kvm_arch_memslots_updated() and nothing else', () => {
  expect(mutantsOf(operator, 'a.gen += 1n; kvm_arch_memslots_updated(kvm); f();')).toEqual([
    'a.gen += 1n; f();',
  ]);
  expect(mutantsOf(operator, 'kvm_arch_commit_memory_region(kvm);')).toEqual([]);
});
