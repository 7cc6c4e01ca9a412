// SPDX-License-Identifier: GPL-2.0-only
// Is a run void when it has no ground? Each way in which the port, a canary or a control is not
// what it must be has its sentence, and a run in order has none.

import { expect, test } from 'vitest';
import { baselineProblems, type Problem } from './baseline.ts';
import { CANARIES, canaryProblem, unreachedProblem } from './canaries.ts';
import { controlProblems } from './controls.ts';
import { NO_COUNTS } from './explored.ts';
import type { MutantRun } from './run.ts';
import type { Invariant } from './suites.ts';
import { emptyResult, type UnitResult, type Violation } from './unit.ts';
import { NOT_REACHED, VERDICTS, type VerdictWord } from './verdict.ts';

const STALE: Violation = {
  invariant: 'stale-in-window',
  detail: 'vCPU cache',
  kind: 'rule',
  isKnown: true,
};
const INVARIANTS: readonly Invariant[] = [
  {
    name: STALE.invariant,
    number: 'I2',
    statement: '',
    rationale: '',
    events: [],
    knownBreaks: [{ era: 'v3.17', details: [STALE.detail], because: 'it is so' }],
  },
];
const UNIT = { scenario: 'area/claim', mmio: 'ept', memoryModel: 'sc' } as const;
const LOOKED = { counts: { ...NO_COUNTS, states: 1 } };

function unit(how: Partial<UnitResult>): UnitResult {
  return emptyResult(UNIT, { ...LOOKED, violations: [STALE], ...how });
}

const IN_UNIT = 'v3.17 in area/claim ept sc';
const PORTS: readonly (readonly [
  what: string,
  units: readonly UnitResult[],
  problems: readonly Problem[],
])[] = [
  ['that breaks what is known of it', [unit({})], []],
  [
    'of which nothing was run',
    [],
    [
      { text: 'v3.17: no scenario was run', isUnknown: false },
      {
        text: 'v3.17 is known to break stale-in-window: vCPU cache, but no scenario shows it',
        isUnknown: false,
      },
    ],
  ],
  [
    'that breaks more than is known of it',
    [unit({ violations: [STALE, { ...STALE, detail: 'SPTE', isKnown: false }] })],
    [
      {
        text: `${IN_UNIT} breaks stale-in-window: SPTE: not known of the era`,
        isUnknown: false,
      },
    ],
  ],
  [
    'that does not break what is known of it',
    [unit({ violations: [] })],
    [
      {
        text: 'v3.17 is known to break stale-in-window: vCPU cache, but no scenario shows it',
        isUnknown: false,
      },
    ],
  ],
  [
    'that was not looked at to the end',
    [unit({ isComplete: false, reason: 'the budget is spent' })],
    [{ text: `${IN_UNIT} is not complete: the budget is spent`, isUnknown: true }],
  ],
  [
    'that was not looked at',
    [unit({ counts: NO_COUNTS })],
    [{ text: `${IN_UNIT} checks nothing`, isUnknown: false }],
  ],
];

test.each(PORTS)('a port %s', (_, units, problems) => {
  expect(baselineProblems('v3.17', units, INVARIANTS, true)).toEqual(problems);
});

test('a run of chosen scenarios need not show all that is known of the era', () => {
  expect(baselineProblems('v3.17', [unit({ violations: [] })], INVARIANTS, false)).toEqual([]);
  expect(baselineProblems('v3.16', [unit({ violations: [] })], INVARIANTS, true)).toEqual([]);
});

test('a canary must break its invariant, beyond what the port breaks', () => {
  const [canary] = CANARIES as [(typeof CANARIES)[number]];
  const { id, invariant } = canary;
  const broken = (name: string) => unit({ violations: [{ ...STALE, invariant: name }] });
  expect(canaryProblem(canary, broken(invariant), broken('crash'))).toBeNull();
  const lives = `the canary ${id} does not break ${invariant} in area/claim ept sc`;
  const end = ': mutants are not really run';
  expect(canaryProblem(canary, broken('crash'), unit({}))).toBe(`${lives}, only crash${end}`);
  expect(canaryProblem(canary, broken(invariant), broken(invariant))).toBe(`${lives}${end}`);
  expect(unreachedProblem(canary)).toContain(`the canary ${id} is not reached in `);
});

function controls(verdict: VerdictWord, reason: string, kind = 'control'): readonly MutantRun[] {
  return [{ mutant: { id: 'era/controls/harmless', kind }, verdict: { verdict, reason } }] as never;
}

test('a control must live, and a whole run must reach it', () => {
  const texts = VERDICTS.map((verdict) =>
    controlProblems(controls(verdict, ''), true).map(({ text }) => text),
  );
  const harmless = 'the control era/controls/harmless is harmless, but the verdict is';
  expect(texts.flat()).toEqual([
    `${harmless} killed`,
    `${harmless} deadlock`,
    `${harmless} lost-optimisation`,
  ]);
  expect(controlProblems(controls('survived', NOT_REACHED), true)).toEqual([
    {
      text: 'no scenario reaches the control era/controls/harmless: it controls nothing',
      isUnknown: false,
    },
  ]);
  expect(controlProblems(controls('survived', NOT_REACHED), false)).toEqual([]);
  expect(controlProblems(controls('killed', '', 'operator'), true)).toEqual([]);
});
