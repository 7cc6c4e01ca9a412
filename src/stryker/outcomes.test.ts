// SPDX-License-Identifier: GPL-2.0-only
// What may a gate count? Findings, and nothing else.

import { expect, test } from 'vitest';
import { type Outcome, outcomeOf, type ReportedMutant, strictScore } from './outcomes.ts';

const at = { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } };
const mutant = (status: string, rest: Partial<ReportedMutant> = {}): ReportedMutant => ({
  id: '1',
  mutatorName: 'EqualityOperator',
  location: at,
  status,
  ...rest,
});

test.each<[string, ReportedMutant, Outcome]>([
  ['a kill by an invariant', mutant('Killed', { statusReason: 'invariant progress' }), 'killed'],
  ['a kill by a deadlock', mutant('Killed', { statusReason: 'deadlock: at rest' }), 'killed'],
  ['a kill by a crash', mutant('Killed', { statusReason: 'crash: TypeError' }), 'crash'],
  ['a kill by no test', mutant('Killed', { testsCompleted: 0 }), 'no-answer'],
  ['a survivor of no test', mutant('Survived', { testsCompleted: 0 }), 'no-answer'],
  ['a survivor', mutant('Survived', { testsCompleted: 3 }), 'survived'],
  ['a timeout', mutant('Timeout'), 'no-answer'],
  ['an error of the runner', mutant('RuntimeError'), 'no-answer'],
  ['code that no test reaches', mutant('NoCoverage'), 'not-reached'],
  ['a status of another version', mutant('Skipped'), 'no-answer'],
])('%s', (_what, reported, outcome) => {
  expect(outcomeOf(reported)).toBe(outcome);
});

test('crashes, timeouts and errors lower the strict score', () => {
  const mutants = [
    mutant('Killed', { statusReason: 'invariant progress' }),
    mutant('Killed', { statusReason: 'crash: TypeError' }),
    mutant('Timeout'),
    mutant('RuntimeError'),
    mutant('CompileError'),
    mutant('Ignored'),
  ];
  expect(strictScore({ files: { 'a.ts': { mutants } } })).toMatchObject({ killed: 1, judged: 4 });
});
