// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './used-count-wrong.ts';

test('used-count-wrong leaves each change of the count out, and turns it round', () => {
  expect(mutantsOf(operator, 'if (a) s.used_slots--; else s.used_slots++;')).toEqual([
    'if (a) {} else s.used_slots++;',
    'if (a) s.used_slots++; else s.used_slots++;',
    'if (a) s.used_slots--; else {}',
    'if (a) s.used_slots--; else s.used_slots--;',
  ]);
});

test('used-count-wrong leaves other counts, and who reads the count, alone', () => {
  expect(mutantsOf(operator, 's.generation++; const n = s.used_slots; i++;')).toEqual([]);
});
