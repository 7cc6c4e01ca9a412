// SPDX-License-Identifier: GPL-2.0-only
// Is code equal to itself however it is written, and to nothing else?

import { expect, test } from 'vitest';
import { canonical } from './canonical.ts';

test.each([
  ['comments and white space', 'f( a ); // why', 'f(a);'],
  ['parentheses', 'x = (a + b);', 'x = a + b;'],
  ['an empty statement in a block', 'if (a) { ; b(); }', 'if (a) { b(); }'],
])('%s make no difference', (_what, one, other) => {
  expect(canonical(one)).toBe(canonical(other));
});

test.each([
  ['an operator', 'x = a + b;', 'x = a - b;'],
  ['a prefix', 'x = -a;', 'x = +a;'],
  ['a postfix', 'a++;', 'a--;'],
  ['a name', 'f(a);', 'f(b);'],
  ['the order of evaluation', 'x = a - (b - c);', 'x = a - b - c;'],
  ['an empty body', 'while (a) ;', 'while (a) b();'],
  ['a literal', 'x = 1n;', 'x = 2n;'],
])('%s makes a difference', (_what, one, other) => {
  expect(canonical(one)).not.toBe(canonical(other));
});
