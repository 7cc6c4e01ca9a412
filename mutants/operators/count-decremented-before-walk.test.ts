// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './count-decremented-before-walk.ts';

test('count-decremented-before-walk walks the slots last', () => {
  const text = '__kvm_handle_hva_range(kvm, r); spin_lock(l); kvm.n--; spin_unlock(l); f();';
  expect(mutantsOf(operator, text)).toEqual([
    'spin_lock(l); kvm.n--; spin_unlock(l); __kvm_handle_hva_range(kvm, r); f();',
  ]);
});

test('count-decremented-before-walk leaves the start of a change alone', () => {
  const text = 'spin_lock(l); kvm.n++; spin_unlock(l); __kvm_handle_hva_range(kvm, r);';
  expect(mutantsOf(operator, text)).toEqual([]);
});
