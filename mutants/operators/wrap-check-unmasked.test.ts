// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './wrap-check-unmasked.ts';

const CHECK = 'if (kvm_current_mmio_generation(kvm) === 0) zap();';

test('wrap-check-unmasked compares the number of the memslots', () => {
  expect(mutantsOf(operator, CHECK, 'function kvm_mmu_invalidate_mmio_sptes(kvm)')).toEqual([
    'if (Number(kvm_memslots(kvm).generation) === 0) zap();',
  ]);
});

test('wrap-check-unmasked leaves those alone that make and compare tags', () => {
  expect(mutantsOf(operator, CHECK, 'function check_mmio_spte(kvm)')).toEqual([]);
});
