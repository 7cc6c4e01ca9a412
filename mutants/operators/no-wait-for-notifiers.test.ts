// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './no-wait-for-notifiers.ts';

test('no-wait-for-notifiers leaves out the loop that sleeps', () => {
  const text = 'spin_lock(l); while (kvm.count !== 0n) { schedule(); } f(); spin_unlock(l);';
  expect(mutantsOf(operator, text)).toEqual(['spin_lock(l); f(); spin_unlock(l);']);
});

test('no-wait-for-notifiers leaves other loops alone', () => {
  expect(mutantsOf(operator, 'while (i < n) { i++; } schedule();')).toEqual([]);
});
