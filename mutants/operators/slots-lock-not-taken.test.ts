// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './slots-lock-not-taken.ts';

test('slots-lock-not-taken leaves out both ends, on every path', () => {
  expect(
    mutantsOf(operator, 'mutex_lock(a); if (e) { mutex_unlock(a); return; } f(); mutex_unlock(a);'),
  ).toEqual(['if (e) { return; } f();']);
});

test('slots-lock-not-taken leaves other locks alone', () => {
  expect(mutantsOf(operator, 'mutex_lock(a); spin_lock(b); mutex_unlock(b);')).toEqual([
    'spin_lock(b); mutex_unlock(b);',
  ]);
});
