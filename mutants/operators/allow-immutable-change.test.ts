// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './allow-immutable-change.ts';

test('allow-immutable-change leaves out one check at a time', () => {
  expect(
    mutantsOf(
      operator,
      'if (mem.userspace_addr !== old.userspace_addr || n !== old.n || (f & R) !== 0) return;',
    ),
  ).toEqual([
    'if (n !== old.n || (f & R) !== 0) return;',
    'if (mem.userspace_addr !== old.userspace_addr || (f & R) !== 0) return;',
    'if (mem.userspace_addr !== old.userspace_addr || n !== old.n) return;',
  ]);
});

test('allow-immutable-change leaves other chains of checks alone', () => {
  expect(mutantsOf(operator, 'if (a !== old.a || b !== old.b) return;')).toEqual([]);
});
