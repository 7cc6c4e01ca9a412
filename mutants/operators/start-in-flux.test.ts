// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './start-in-flux.ts';

test('start-in-flux makes the first number odd in both directions', () => {
  expect(mutantsOf(operator, 'kvm.memslots.generation = -150n;')).toEqual([
    'kvm.memslots.generation = -151n;',
    'kvm.memslots.generation = -149n;',
  ]);
});

test('start-in-flux leaves a number alone that is computed', () => {
  expect(mutantsOf(operator, 'slots.generation = old.generation + 1n;')).toEqual([]);
});
