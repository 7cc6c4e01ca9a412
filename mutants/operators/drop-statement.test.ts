// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutantsOf } from '#mutation/mutants-of';
import { operator } from './drop-statement.ts';

test('drop-statement leaves out one simple statement at a time', () => {
  expect(
    mutantsOf(operator, 'a.b = 1; f(); if (c) return 2; for (;;) { if (d) break; } return 3;'),
  ).toEqual([
    'f(); if (c) return 2; for (;;) { if (d) break; } return 3;',
    'a.b = 1; if (c) return 2; for (;;) { if (d) break; } return 3;',
    'a.b = 1; f(); if (c) {} for (;;) { if (d) break; } return 3;',
    'a.b = 1; f(); if (c) return 2; for (;;) { if (d) {} } return 3;',
  ]);
});

test('drop-statement finds statements below labels and else', () => {
  expect(mutantsOf(operator, 'out: { if (a) break out; else b = 1; }')).toEqual([
    'out: { if (a) {} else b = 1; }',
    'out: { if (a) break out; else {} }',
  ]);
});

test('drop-statement leaves declarations, assertions, traces and statistics alone', () => {
  expect(mutantsOf(operator, 'const a = 1; WARN_ON(a); trace_fault(a); v.stat.n++;')).toEqual([]);
});
