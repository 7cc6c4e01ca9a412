// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './arch-lock-across-sync.ts';

test('arch-lock-across-sync keeps the lock until the readers are gone', () => {
  const text = 'publish(); mutex_unlock(l); synchronize_srcu_expedited(s); f();';
  expect(mutantsOf(operator, text)).toEqual([
    'publish(); synchronize_srcu_expedited(s); mutex_unlock(l); f();',
  ]);
});

test('arch-lock-across-sync leaves a lock alone that is dropped after the grace period', () => {
  expect(mutantsOf(operator, 'synchronize_srcu(s); mutex_unlock(l);')).toEqual([]);
});
