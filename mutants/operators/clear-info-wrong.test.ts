// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './clear-info-wrong.ts';

const CLEAR = 'if (v.gva !== gva) return; v.gva = 0n;';

test('clear-info-wrong leaves out the condition, or the store', () => {
  expect(mutantsOf(operator, CLEAR, 'function vcpu_clear_mmio_info(v, gva)')).toEqual([
    'v.gva = 0n;',
    'if (v.gva !== gva) return;',
  ]);
});

test('clear-info-wrong leaves other functions alone', () => {
  expect(mutantsOf(operator, CLEAR, 'function vcpu_cache_mmio_info(v, gva)')).toEqual([]);
});
