// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './skip-flush.ts';

test('skip-flush leaves out the flush of one slot or of all', () => {
  expect(mutantsOf(operator, 'kvm_arch_flush_shadow_memslot(kvm, slot); f();')).toEqual(['f();']);
  expect(mutantsOf(operator, 'if (x) kvm_arch_flush_shadow_all(kvm);')).toEqual(['if (x) {}']);
  expect(mutantsOf(operator, 'kvm_flush_remote_tlbs(kvm);')).toEqual([]);
});
