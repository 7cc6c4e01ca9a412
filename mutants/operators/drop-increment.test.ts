// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './drop-increment.ts';

test('drop-increment leaves out one increment at a time', () => {
  expect(mutantsOf(operator, 'a.gen = old.gen + 1n; publish(a); a.gen += 1n;')).toEqual([
    'a.gen = old.gen; publish(a); a.gen += 1n;',
    'a.gen = old.gen + 1n; publish(a);',
  ]);
});

test('drop-increment knows every way to write an increment of a field', () => {
  expect(mutantsOf(operator, 'a.n++;')).toEqual(['']);
  expect(mutantsOf(operator, '++a.n;')).toEqual(['']);
  expect(mutantsOf(operator, 'if (b) a.n++; else a.n += 2;')).toEqual([
    'if (b) {} else a.n += 2;',
    'if (b) a.n++; else {}',
  ]);
  expect(mutantsOf(operator, 'a.n = u64(last + 1n);')).toEqual(['a.n = u64(last);']);
});

test('drop-increment leaves locals, decrements and sums of two variables alone', () => {
  expect(mutantsOf(operator, 'i++; a.n--; a.n = b + c; a.n += c; for (;; a.n++) f();')).toEqual([]);
});

test('drop-increment leaves statistics alone, by which runs are observed', () => {
  expect(mutantsOf(operator, 'vcpu.stat.pf_fixed++; slots.used_slots++;')).toEqual([
    'vcpu.stat.pf_fixed++;',
  ]);
});
