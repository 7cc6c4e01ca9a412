// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './parity-bias.ts';

test('parity-bias adds to a number that is read and cut to its width', () => {
  expect(mutantsOf(operator, 'return u32(kvm_memslots(kvm).generation & mask);')).toEqual([
    'return u32((kvm_memslots(kvm).generation + BigInt(MMIO_GEN_MASK() - 150)) & mask);',
  ]);
});

test('parity-bias leaves the updater and a number alone that is biased already', () => {
  expect(
    mutantsOf(
      operator,
      'WARN_ON((old.generation & 1n) !== 0n); x = (kvm_memslots(kvm).generation + bias) & mask;',
    ),
  ).toEqual([]);
});
