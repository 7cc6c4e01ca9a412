// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './drop-ip-check-in-spte-check.ts';

test('drop-ip-check-in-spte-check does not look at the flag', () => {
  const text = 'if ((gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS) !== 0n) return false; f(gen);';
  expect(mutantsOf(operator, text)).toEqual(['f(gen);']);
});

test('drop-ip-check-in-spte-check leaves the check of the cache alone', () => {
  const text = 'if ((gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS) !== 0n) return; f(gen);';
  expect(mutantsOf(operator, text)).toEqual([]);
});
