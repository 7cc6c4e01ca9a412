// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './narrow-g-wide-wrap-check.ts';

test('narrow-g-wide-wrap-check compares the low bits of both numbers', () => {
  expect(mutantsOf(operator, 'return a === b;', 'function check_mmio_spte(kvm, spte)')).toEqual([
    'return (a & MMIO_GEN_LOW_MASK()) === (b & MMIO_GEN_LOW_MASK());',
  ]);
});

test('where the number has a flag, its mask is another', () => {
  const text = 'const a = gen & MMIO_SPTE_GEN_MASK(); return a === b;';
  expect(mutantsOf(operator, text, 'function check_mmio_spte(vcpu, spte)')).toEqual([
    'const a = gen & MMIO_SPTE_GEN_MASK(); return (a & (MMIO_SPTE_GEN_MASK() >> 1n)) === ' +
      '(b & (MMIO_SPTE_GEN_MASK() >> 1n));',
  ]);
});

test('narrow-g-wide-wrap-check leaves the wrap check alone', () => {
  expect(
    mutantsOf(operator, 'if (a === 0) zap();', 'function kvm_mmu_invalidate_mmio_sptes(kvm)'),
  ).toEqual([]);
});
