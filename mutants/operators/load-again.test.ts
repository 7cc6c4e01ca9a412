// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './load-again.ts';

test('load-again repeats the load at one use at a time, but for the first', () => {
  expect(
    mutantsOf(operator, 'const old = kvm.memslots!; f(old); g(old.old, 1); return old;'),
  ).toEqual([
    'const old = kvm.memslots!; f(old); g(kvm.memslots!.old, 1); return old;',
    'const old = kvm.memslots!; f(old); g(old.old, 1); return kvm.memslots!;',
  ]);
});

test('load-again repeats calls that only load', () => {
  expect(
    mutantsOf(operator, 'const spte = walk_shadow_page(v); return a(spte) && b(spte);'),
  ).toEqual(['const spte = walk_shadow_page(v); return a(spte) && b(walk_shadow_page(v));']);
});

test('load-again leaves pointers, new objects, effects, the host and single uses alone', () => {
  expect(
    mutantsOf(
      operator,
      'const s = a.slots[i]!; f(s, s); const n = T.local(); f(n, n); const r = map(v); f(r, r); ' +
        'const g = k.gen; f(g); const h = config().bits; f(h, h);',
    ),
  ).toEqual([]);
});

test('load-again leaves what is assigned to or counted up alone', () => {
  expect(mutantsOf(operator, 'let g = k.gen; f(g); g++; ++g; g = 3; g += 2;')).toEqual([]);
});
