// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './no-arch-recopy.ts';

test('no-arch-recopy leaves out the copy after the lock', () => {
  expect(mutantsOf(operator, 'f(); mutex_lock(l); assign(old.arch, slot.arch); g();')).toEqual([
    'f(); mutex_lock(l); g();',
  ]);
});

test('no-arch-recopy leaves the first copy alone', () => {
  expect(mutantsOf(operator, 'dest.id = src.id; assign(dest.arch, src.arch);')).toEqual([]);
});
