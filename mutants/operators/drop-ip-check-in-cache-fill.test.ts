// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './drop-ip-check-in-cache-fill.ts';

test('drop-ip-check-in-cache-fill does not look at the flag', () => {
  const text = 'if ((gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS) !== 0n) return; f(gen);';
  expect(mutantsOf(operator, text)).toEqual(['f(gen);']);
});

test('drop-ip-check-in-cache-fill leaves the check of an SPTE alone', () => {
  const text = 'if ((gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS) !== 0n) return false; f(gen);';
  expect(mutantsOf(operator, text)).toEqual([]);
});
