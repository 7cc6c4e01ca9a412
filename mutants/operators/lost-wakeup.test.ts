// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './lost-wakeup.ts';

test('lost-wakeup wakes at the wrong count, or before the count is decreased', () => {
  const wake = 'if (wake) rcuwait_wake_up(w);';
  const text = `if (f()) k.n--; const wake = k.n === 0n; ${wake}`;
  expect(mutantsOf(operator, text)).toEqual([
    `const wake = k.n === 0n; if (f()) k.n--; ${wake}`,
    `if (f()) k.n--; const wake = k.n !== 0n; ${wake}`,
  ]);
});

test('lost-wakeup lets the sleeper say too late that it sleeps', () => {
  const text = 'while (k.n) { set_current_state(2); spin_unlock(l); schedule(); spin_lock(l); }';
  expect(mutantsOf(operator, text)).toEqual([
    'while (k.n) { spin_unlock(l); set_current_state(2); schedule(); spin_lock(l); }',
  ]);
});

test('lost-wakeup leaves a test alone that wakes nobody', () => {
  expect(mutantsOf(operator, 'k.n--; const last = k.n === 0n; if (last) f();')).toEqual([]);
});
