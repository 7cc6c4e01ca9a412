// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { emptyResult, type UnitResult, type Violation } from './unit.ts';
import {
  isDetected,
  isUncounted,
  joinVerdicts,
  killsOf,
  VERDICTS,
  verdictOf,
  withProof,
} from './verdict.ts';

const UNITS = ['a', 'b', 'c'].map((scenario) => ({
  scenario,
  mmio: 'ept' as const,
  memoryModel: 'sc' as const,
}));
const CLEAN = UNITS.map((name) => emptyResult(name, {}));
const OPERATOR = { id: 'era/function/operator.1', kind: 'operator' } as const;
const REGRESSION = { id: 'era/history/bug', kind: 'regression' } as const;

function broken(kind: Violation['kind'], invariant: string, isKnown = false): Violation {
  return { invariant, detail: 'here', kind, isKnown };
}

/** Results of the three units: clean, but for one. */
function units(at: number, how: Partial<UnitResult>): UnitResult[] {
  return UNITS.map((name, i) => emptyResult(name, i === at ? how : {}));
}

const STALE = { violations: [broken('rule', 'stale')] };
const STUCK = { violations: [broken('stuck', 'progress')] };
const CRASH = { violations: [broken('crash', 'crash')] };
const SPENT = { isComplete: false, reason: 'the budget of 5 states is spent' };

test('joining is a lattice: order, grouping and repetition change nothing', () => {
  for (const a of VERDICTS) {
    expect(joinVerdicts(a, a)).toBe(a);
    for (const b of VERDICTS) {
      expect(joinVerdicts(a, b)).toBe(joinVerdicts(b, a));
      for (const c of VERDICTS) {
        expect(joinVerdicts(joinVerdicts(a, b), c)).toBe(joinVerdicts(a, joinVerdicts(b, c)));
      }
    }
  }
  expect(joinVerdicts('unknown', 'survived')).toBe('unknown');
  expect(joinVerdicts('unknown', 'lost-optimisation')).toBe('unknown');
  expect(joinVerdicts('lost-optimisation', 'survived')).toBe('lost-optimisation');
  expect(joinVerdicts('survived', 'equivalent')).toBe('survived');
  expect(joinVerdicts('unknown', 'deadlock')).toBe('deadlock');
});

test.each([
  ['killed', STALE],
  ['killed', CRASH],
  ['deadlock', STUCK],
  ['unknown', SPENT],
  ['survived', {}],
] as const)('%s is the verdict in whichever unit it shows', (verdict, how) => {
  const found = [0, 1, 2].map((at) => verdictOf(OPERATOR, units(at, how), CLEAN).verdict);
  expect(found).toEqual([verdict, verdict, verdict]);
});

test('a kill in one unit outweighs a spent budget in another', () => {
  const [a, b] = [units(0, SPENT)[0]!, units(1, STALE)[1]!];
  expect(verdictOf(OPERATOR, [a, b], CLEAN).verdict).toBe('killed');
});

test('what the port breaks in the same unit kills nobody, in another unit it does', () => {
  const baseline = units(0, STALE);
  expect(verdictOf(OPERATOR, units(0, STALE), baseline).verdict).toBe('survived');
  expect(verdictOf(OPERATOR, units(1, STALE), baseline).verdict).toBe('killed');
});

test('another detail of an invariant that the port breaks is a kill', () => {
  const baseline = emptyResult(UNITS[0]!, STALE);
  const other = { ...broken('rule', 'stale'), detail: 'there' };
  const result = emptyResult(UNITS[0]!, { violations: [other] });
  expect(killsOf(result, baseline).map(({ detail }) => detail)).toEqual(['there']);
});

test('a crash kills an operator by name, and no regression', () => {
  expect(verdictOf(OPERATOR, units(0, CRASH), CLEAN).reason).toBe('crash: here');
  const { verdict, reason } = verdictOf(REGRESSION, units(0, CRASH), CLEAN);
  expect(verdict).toBe('survived');
  expect(reason).toContain('does not count for a regression');
});

test('an unknown verdict says what ran out, and where', () => {
  const { reason } = verdictOf(OPERATOR, units(1, SPENT), CLEAN);
  expect(reason).toBe('unknown: the budget of 5 states is spent in b ept sc');
});

test('a mutant that was run nowhere, or where the port was not, has no verdict', () => {
  expect(() => verdictOf(OPERATOR, [], CLEAN)).toThrow('was run in no unit');
  expect(() => verdictOf(OPERATOR, CLEAN, CLEAN.slice(1))).toThrow('the baseline has no unit a');
});

test('a proof changes the verdict of who lived, and of nobody else', () => {
  const proof = { verdict: 'equivalent', reason: 'equivalent within 2 vCPUs' } as const;
  expect(withProof(verdictOf(OPERATOR, CLEAN, CLEAN), proof)).toMatchObject(proof);
  for (const how of [STALE, STUCK, SPENT]) {
    const verdict = verdictOf(OPERATOR, units(0, how), CLEAN);
    expect(withProof(verdict, proof)).toEqual(verdict);
  }
});

test('who cannot be told from the port is not counted; three words are a catch', () => {
  expect(VERDICTS.filter(isUncounted)).toEqual(['equivalent']);
  expect(VERDICTS.filter(isDetected)).toEqual(['killed', 'deadlock', 'lost-optimisation']);
});
