// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, test } from 'vitest';
import {
  type Baseline,
  type Contract,
  NO_REASON,
  type Outcome,
  type OutcomeVerdict,
  schemaNamed,
} from './documents.ts';
import { findingsOf } from './findings.ts';
import { baselineOf, contractOf } from './update.ts';

const KILLED = 'v3.17/f/operator.1';
const LIVES = 'v3.17/f/operator.2';
const CONTROL = 'v3.17/controls/harmless';
const BUG = 'v3.17/history/bug';

function verdict(id: string, how: Partial<OutcomeVerdict> = {}): OutcomeVerdict {
  return { id, kind: 'operator', verdict: 'killed', reason: '', broken: [], ...how };
}

const KILL = verdict(BUG, { kind: 'regression', broken: ['stale', 'window'] });
const OUTCOME: Outcome = {
  sources: 'now',
  units: 9,
  problems: [],
  isInterrupted: false,
  verdicts: [
    verdict(KILLED),
    verdict(LIVES, { verdict: 'survived' }),
    verdict(CONTROL, { kind: 'control', verdict: 'survived' }),
    KILL,
  ],
};
const PROMISED = [{ id: BUG, breaks: ['stale'] }];
const MORE = 'v3.17/f/general.3fa2';
const GROUNDS = {
  promised: PROMISED,
  isDefault: (id: string) => id !== MORE,
  isOfAllFamilies: false,
};
const CONTRACT: Contract = contractOf(null, GROUNDS, OUTCOME);
const REASON = 'the mask is dropped where its bits are never set';
const BASELINE: Baseline = {
  schema: schemaNamed('kvm-mutants/baseline'),
  survivors: [{ id: LIVES, verdict: 'survived', reason: REASON }],
};

/** The outcome with one verdict in place of the one of that id, or beside all others. */
function having(one: OutcomeVerdict): Partial<Outcome> {
  const rest = OUTCOME.verdicts.filter(({ id }) => id !== one.id);
  return { verdicts: [...rest, one] };
}

const without = (id: string): Partial<Outcome> => ({
  verdicts: OUTCOME.verdicts.filter((one) => one.id !== id),
});

function findings(how: Partial<Outcome>, baseline = BASELINE): string[] {
  const expected = { sources: 'now', isOfAllFamilies: false };
  return findingsOf(CONTRACT, baseline, { ...OUTCOME, ...how }, expected).map(
    ({ weight, text }) => `${weight}: ${text}`,
  );
}

test('a run that keeps the contract has no findings', () => {
  expect(findings({})).toEqual([]);
});

describe('a run fails the gate', () => {
  const other = verdict('v3.17/history/other', { kind: 'regression', broken: ['stale'] });
  const crash = { ...KILL, broken: [] };
  test.each<[string, Partial<Outcome>, string]>([
    ['that is void', { problems: ['a canary lives'] }, 'the run is void: a canary lives'],
    ['without explorations', { units: 0 }, 'no exploration was run'],
    [
      'whose regression survives',
      having({ ...crash, verdict: 'survived' }),
      `${BUG} is not killed by any`,
    ],
    ['whose regression dies of a crash', having(crash), `${BUG} is not killed by any`],
    [
      'whose regression only deadlocks',
      having({ ...crash, verdict: 'deadlock' }),
      'not killed by any',
    ],
    [
      'whose regression is equivalent',
      having({ ...crash, verdict: 'equivalent' }),
      'not killed by any',
    ],
    [
      'whose regression breaks another rule',
      having({ ...KILL, broken: ['window'] }),
      `${BUG} does not break stale`,
    ],
    [
      'whose regression is unknown, whatever it broke',
      having({ ...KILL, verdict: 'unknown', reason: 'unknown: spent' }),
      `${BUG} is unknown: spent`,
    ],
    [
      'whose regression is not placed',
      without(BUG),
      `the regression ${BUG} is not placed any more`,
    ],
    ['with a regression nobody promised', having(other), 'history/other is not in the contract'],
    [
      'with a survivor outside the baseline',
      having(verdict(KILLED, { verdict: 'survived' })),
      `${KILLED} survived, and is not in the baseline`,
    ],
    [
      'with a verdict that nobody knows',
      having(verdict(KILLED, { verdict: 'immortal' })),
      `${KILLED} immortal, and`,
    ],
    ['whose mutant vanished', without(KILLED), `the mutant ${KILLED} has vanished`],
    ['whose control vanished', without(CONTROL), `the mutant ${CONTROL} has vanished`],
    [
      'whose survivor is dead',
      having(verdict(LIVES)),
      `${LIVES} is in the baseline, but does not survive`,
    ],
  ])('%s', (_, how, text) => {
    const found = findings(how);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^failed: /);
    expect(found[0]).toContain(text);
  });

  test('that ran no mutant, for each thing that is missing', () => {
    const found = findings({ verdicts: [] });
    expect(found).toContain('failed: no mutant was run');
    expect(found).toContain(`failed: the regression ${BUG} is not placed any more`);
    expect(found).toContain(`failed: the mutant ${KILLED} has vanished`);
  });
});

test.each([NO_REASON, '', '   ', '?', '...', '-'])(
  '%j is no reason why a mutant may live',
  (reason) => {
    const baseline = { ...BASELINE, survivors: [{ ...BASELINE.survivors[0]!, reason }] };
    expect(findings({}, baseline)).toEqual([
      `failed: the baseline gives no reason why ${LIVES} may live`,
    ]);
  },
);

test.each<[string, Partial<Outcome>, string]>([
  [
    'a mutant that is unknown',
    having(verdict(KILLED, { verdict: 'unknown' })),
    `${KILLED} is unknown`,
  ],
  [
    'a survivor that is unknown now',
    having(verdict(LIVES, { verdict: 'unknown' })),
    `${LIVES} is unknown`,
  ],
  ['an interrupted run', { isInterrupted: true }, 'the run was interrupted'],
  ['a run of other sources', { sources: 'then' }, 'the run has other sources or options'],
])('%s is no failure, and no pass', (_, how, text) => {
  const found = findings(how);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^unknown: /);
  expect(found[0]).toContain(text);
});

test('what the baseline calls unknown may be unknown, and may not survive', () => {
  const survivors = [{ ...BASELINE.survivors[0]!, verdict: 'unknown' as const }];
  const baseline = { ...BASELINE, survivors };
  expect(findings(having(verdict(LIVES, { verdict: 'unknown' })), baseline)).toEqual([]);
  expect(findings({}, baseline)).toEqual([
    `failed: ${LIVES} survived; the baseline has it as unknown`,
  ]);
});

test.each(['killed', 'deadlock', 'lost-optimisation', 'equivalent'])(
  '%s needs no baseline',
  (word) => {
    expect(findings(having(verdict(KILLED, { verdict: word })))).toEqual([]);
  },
);

test('a new mutant that is caught is worth a remark', () => {
  expect(findings(having(verdict('v3.17/f/new.1')))).toEqual([
    'note: the mutant v3.17/f/new.1 is not in the contract: gate --update puts them there',
  ]);
});

test("Stryker's mutants are no part of the contract, and that is said", () => {
  const one = verdict('v3.17/f/syntactic.1', { kind: 'syntactic', verdict: 'survived' });
  expect(findings(having(one))).toEqual([
    "note: the 1 mutants by Stryker's rules are not judged: nobody chose them",
  ]);
  expect(contractOf(null, GROUNDS, { ...OUTCOME, ...having(one) })).toEqual(CONTRACT);
});

test('what --init writes is refused until each survivor has a reason', () => {
  const baseline = baselineOf(null, OUTCOME, []);
  expect(baseline.survivors).toEqual([{ id: LIVES, verdict: 'survived', reason: NO_REASON }]);
  expect(findings({}, baseline)).toEqual([
    `failed: the baseline gives no reason why ${LIVES} may live`,
  ]);
});

test('an update keeps the reasons of who still survives, takes out the dead', () => {
  const outcome = { ...OUTCOME, ...having(verdict(KILLED, { verdict: 'survived' })) };
  const { survivors } = baselineOf(BASELINE, outcome, []);
  expect(survivors).toEqual([
    { id: KILLED, verdict: 'survived', reason: NO_REASON },
    { id: LIVES, verdict: 'survived', reason: REASON },
  ]);
  expect(baselineOf(BASELINE, { ...OUTCOME, verdicts: [] }, []).survivors).toEqual([]);
  const unknown = { ...OUTCOME, ...having(verdict(LIVES, { verdict: 'unknown' })) };
  expect(baselineOf(BASELINE, unknown, []).survivors).toEqual([
    { id: LIVES, verdict: 'unknown', reason: NO_REASON },
  ]);
});

describe('mutants of families that a run without options leaves out', () => {
  const lives = verdict(MORE, { verdict: 'survived' });
  const whole = { ...OUTCOME, ...having(lives) };
  const grounds = { ...GROUNDS, isOfAllFamilies: true };
  const contract = contractOf(null, grounds, whole);
  const survivors = [{ id: MORE, verdict: 'survived' as const, reason: REASON }];
  const baseline = { ...BASELINE, survivors: [...survivors, ...BASELINE.survivors] };
  const texts = (outcome: Outcome, isOfAllFamilies: boolean) =>
    findingsOf(contract, baseline, outcome, { sources: 'now', isOfAllFamilies }).map(
      ({ weight, text }) => `${weight}: ${text}`,
    );

  test('are judged by a run of all families', () => {
    expect(contract).toMatchObject({ mutants: CONTRACT.mutants, more: [MORE] });
    expect(texts(whole, true)).toEqual([]);
    expect(texts(OUTCOME, true)).toEqual([
      `failed: the mutant ${MORE} has vanished`,
      `failed: ${MORE} is in the baseline, but does not survive: take it out`,
    ]);
  });

  test('are neither missed by a run without options, nor forgotten', () => {
    expect(texts(OUTCOME, false)).toEqual([
      'note: the 1 mutants of other families are not judged: ' +
        'kvm-mutants run --family all runs them',
    ]);
    expect(contractOf(contract, GROUNDS, OUTCOME)).toEqual(contract);
    expect(baselineOf(baseline, OUTCOME, contract.more)).toEqual({
      ...baseline,
      survivors: [...survivors, ...BASELINE.survivors],
    });
  });
});
