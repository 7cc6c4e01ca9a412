// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './reader-lock-missing.ts';

test('reader-lock-missing takes both ends of a section away', () => {
  expect(
    mutantsOf(operator, 'v.idx = srcu_read_lock(k.srcu); f(); srcu_read_unlock(k.srcu, v.idx);'),
  ).toEqual(['f();']);
});

test('reader-lock-missing keeps a local that holds the index', () => {
  expect(
    mutantsOf(
      operator,
      'const idx = srcu_read_lock(k.srcu); f(idx); srcu_read_unlock(k.srcu, idx);',
    ),
  ).toEqual(['const idx = 0; f(idx);']);
});

test('reader-lock-missing takes away every end of the section, of this domain only', () => {
  expect(
    mutantsOf(
      operator,
      'const i = srcu_read_lock(a); if (x) { srcu_read_unlock(a, i); return; } ' +
        'srcu_read_unlock(a, i); srcu_read_unlock(b, 0);',
    ),
  ).toEqual(['const i = 0; if (x) { return; } srcu_read_unlock(b, 0);']);
});
