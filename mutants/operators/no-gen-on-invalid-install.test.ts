// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './no-gen-on-invalid-install.ts';

const INSTALL = 'a.generation = b.generation + 1n; publish(a); a.generation++; a.used++;';

test('no-gen-on-invalid-install makes all increments of the number depend on the slot', () => {
  expect(mutantsOf(operator, INSTALL, 'function install(a, new_)')).toEqual([
    'if (new_ !== null) a.generation = b.generation + 1n; publish(a); ' +
      'if (new_ !== null) a.generation++; a.used++;',
  ]);
});

test('no-gen-on-invalid-install needs a function that is given the new slot', () => {
  expect(mutantsOf(operator, INSTALL, 'function install(a)')).toEqual([]);
  expect(mutantsOf(operator, 'f();', 'function install(new_)')).toEqual([]);
});
