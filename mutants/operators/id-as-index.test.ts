// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './id-as-index.ts';

test('id-as-index uses the id where the map should be asked', () => {
  expect(mutantsOf(operator, 'const index = slots.id_to_index[id]!;')).toEqual([
    'const index = id;',
  ]);
});

test('id-as-index leaves writes of the map and other arrays alone', () => {
  expect(mutantsOf(operator, 'slots.id_to_index[id] = i; const s = slots.memslots[i]!;')).toEqual(
    [],
  );
});
