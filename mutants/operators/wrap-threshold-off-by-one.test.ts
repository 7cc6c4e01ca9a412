// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './wrap-threshold-off-by-one.ts';

const HEAD = 'function kvm_mmu_invalidate_mmio_sptes(kvm)';

test('wrap-threshold-off-by-one tries the numbers beside zero', () => {
  expect(mutantsOf(operator, 'if (gen(kvm) === 0) zap();', HEAD)).toEqual([
    'if (gen(kvm) === 1) zap();',
    'if (gen(kvm) === MMIO_GEN_MASK()) zap();',
    'if (gen(kvm) >= MMIO_GEN_MASK()) zap();',
  ]);
});

test('wrap-threshold-off-by-one tries the next number at rest where numbers are wide', () => {
  expect(mutantsOf(operator, 'if (gen === 0n) zap();', HEAD)).toEqual([
    'if (gen === 2n) zap();',
    'if (gen === MMIO_SPTE_GEN_MASK()) zap();',
  ]);
});

test('wrap-threshold-off-by-one tries the numbers beside the largest', () => {
  expect(mutantsOf(operator, 'if (gen(kvm) >= MAX()) zap();', HEAD)).toEqual([
    'if (gen(kvm) > MAX()) zap();',
    'if (gen(kvm) === MAX()) zap();',
    'if (gen(kvm) >= MAX() - 1) zap();',
  ]);
});

test('wrap-threshold-off-by-one leaves other functions alone', () => {
  expect(mutantsOf(operator, 'if (gen(kvm) === 0) zap();')).toEqual([]);
});
