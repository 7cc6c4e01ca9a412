// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './move-as-flags.ts';

test('move-as-flags calls a move a change of flags', () => {
  expect(mutantsOf(operator, 'if (base !== old.base_gfn) change = KVM_MR_MOVE;')).toEqual([
    'if (base !== old.base_gfn) change = KVM_MR_FLAGS_ONLY;',
  ]);
});

test('move-as-flags leaves other changes, and questions about a move, alone', () => {
  expect(mutantsOf(operator, 'change = KVM_MR_DELETE; if (change === KVM_MR_MOVE) f();')).toEqual(
    [],
  );
});
