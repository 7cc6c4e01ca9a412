// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './swap-neighbours.ts';

test('swap-neighbours swaps each statement with the next one of its block', () => {
  expect(mutantsOf(operator, 'f(); if (a) { g(); h(); } a.n++;')).toEqual([
    'if (a) { g(); h(); } f(); a.n++;',
    'f(); a.n++; if (a) { g(); h(); }',
    'f(); if (a) { h(); g(); } a.n++;',
  ]);
});

test('swap-neighbours leaves a name behind its declaration, and jumps at the end', () => {
  expect(mutantsOf(operator, 'const a = f(); g(a); return a;')).toEqual([]);
  expect(mutantsOf(operator, 'const { a } = f(); g(a);')).toEqual([]);
  expect(mutantsOf(operator, 'let a: number; f(); const b = T.local(); g();')).toEqual([]);
  expect(mutantsOf(operator, 'const a = f(); const b = g();')).toEqual([
    'const b = g(); const a = f();',
  ]);
});

test('swap-neighbours leaves stores alone that have nothing to do with each other', () => {
  expect(mutantsOf(operator, 'a.x = b.x; a.y = b.y;')).toEqual([]);
  expect(mutantsOf(operator, 'a |= b; a |= c;')).toEqual([]);
  expect(mutantsOf(operator, 'a.x = b.x; c = a.x;')).toEqual(['c = a.x; a.x = b.x;']);
});

test('swap-neighbours leaves checks alone that end alike, and assertions', () => {
  expect(mutantsOf(operator, 'if (a) return 1; if (b) return 1; WARN_ON(c); f();')).toEqual([]);
});
