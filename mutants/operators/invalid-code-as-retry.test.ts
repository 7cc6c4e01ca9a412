// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './invalid-code-as-retry.ts';

test('invalid-code-as-retry returns one code for the other', () => {
  expect(mutantsOf(operator, 'if (!valid) return RET_MMIO_PF_INVALID;')).toEqual([
    'if (!valid) return RET_MMIO_PF_RETRY;',
  ]);
});

test('invalid-code-as-retry leaves comparisons and other codes alone', () => {
  expect(
    mutantsOf(operator, 'if (r !== RET_MMIO_PF_INVALID) return r; return RET_MMIO_PF_EMULATE;'),
  ).toEqual([]);
});
