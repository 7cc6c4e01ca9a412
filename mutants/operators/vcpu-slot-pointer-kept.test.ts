// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './vcpu-slot-pointer-kept.ts';

test('vcpu-slot-pointer-kept notes the new number and keeps the pointer', () => {
  const text =
    'if (gen !== vcpu.last_used_slot_gen) {' +
    'vcpu.last_used_slot = null; vcpu.last_used_slot_gen = gen; }';
  expect(mutantsOf(operator, text)).toEqual([
    'if (gen !== vcpu.last_used_slot_gen) { vcpu.last_used_slot_gen = gen; }',
  ]);
});

test('vcpu-slot-pointer-kept leaves the pointer of a new vCPU alone', () => {
  expect(mutantsOf(operator, 'vcpu.kvm = kvm; vcpu.last_used_slot = null;')).toEqual([]);
});
