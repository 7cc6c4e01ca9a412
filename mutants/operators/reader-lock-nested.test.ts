// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './reader-lock-nested.ts';

test('reader-lock-nested opens the section a second time', () => {
  expect(
    mutantsOf(operator, 'v.idx = srcu_read_lock(s); f(); srcu_read_unlock(s, v.idx);'),
  ).toEqual(['v.idx = srcu_read_lock(s); srcu_read_lock(s); f(); srcu_read_unlock(s, v.idx);']);
});

test('reader-lock-nested leaves other locks alone', () => {
  expect(mutantsOf(operator, 'spin_lock(l); srcu_read_unlock(s, 0);')).toEqual([]);
});
