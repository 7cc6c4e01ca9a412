// SPDX-License-Identifier: GPL-2.0-only
// Is what is wrong with a dirty log told apart, so that a fault that a kernel is known for hides no
// other? And is only -EFAULT a refusal?

import { expect, test } from 'vitest';
import { logFault, textOf } from './guest-copies.ts';

const [FIRST, SECOND, OTHER] = [
  { slot: 0, page: 0n },
  { slot: 0, page: 1n },
  { slot: 1, page: 0n },
];
const SECOND_MISSING = 'of two pages of a slot that were written the second is not logged';
const MISSING = 'a page that was written is not logged';
const TOO_MANY = 'a page is logged that was not written';

test.each([
  { logged: [FIRST, SECOND], expected: [FIRST, SECOND], fault: null },
  { logged: [], expected: [], fault: null },
  { logged: [FIRST], expected: [FIRST, SECOND], fault: SECOND_MISSING },
  { logged: [FIRST], expected: [FIRST, OTHER], fault: MISSING },
  { logged: [SECOND], expected: [FIRST, SECOND], fault: MISSING },
  { logged: [], expected: [FIRST, SECOND], fault: MISSING },
  { logged: [], expected: [FIRST], fault: MISSING },
  { logged: [FIRST], expected: [], fault: TOO_MANY },
  { logged: [SECOND], expected: [FIRST], fault: TOO_MANY },
])('$logged.length of $expected.length pages: $fault', ({ logged, expected, fault }) => {
  expect(logFault(logged, expected)).toBe(fault);
});

test('a copy is refused by -EFAULT; any other answer is told', () => {
  expect(textOf({ result: -14, ranges: [] })).toBe('refused');
  expect(textOf({ result: 14, ranges: [] })).toBe('answers 14');
  expect(textOf({ result: 0, ranges: [{ addr: 0x1000n, n: 8n }] })).toBe('0x1000+8');
});
