// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './mmu-lock-not-taken.ts';

test('mmu-lock-not-taken leaves out both ends of a section', () => {
  expect(mutantsOf(operator, 'spin_lock(k.l); const r = f(); spin_unlock(k.l); return r;')).toEqual(
    ['const r = f(); return r;'],
  );
});

test('mmu-lock-not-taken leaves mutexes alone', () => {
  expect(mutantsOf(operator, 'mutex_lock(k.l); mutex_unlock(k.l);')).toEqual([]);
});
