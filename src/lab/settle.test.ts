// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import type { MutantKind } from '#mutation/mutant';
import { countRegions } from '#mutation/probes';
import type { Coverage } from './coverage.ts';
import { portOf } from './ports.ts';
import { allMutants } from './registry.ts';
import { runEverywhere, runUntilSettled, type Trial } from './settle.ts';
import { claimOf, SCENARIOS } from './suites.ts';
import { emptyResult, type Unit, type UnitResult, unitName, type Violation } from './unit.ts';
import { verdictOf } from './verdict.ts';

const ERA = 'v3.17';
const mutant = (await allMutants([ERA])).find(({ id }) => id.endsWith('/no-sync.1'))!;
const regions = [...portOf(ERA).files.values()].reduce((n, { text }) => n + countRegions(text), 0);
const EVERYTHING: Coverage = { entered: new Uint8Array(regions).fill(1), entries: 9 };
const NOTHING: Coverage = { entered: new Uint8Array(regions), entries: 9 };

/** Three claims, the first far cheaper than the second, and that than the third. */
const units = SCENARIOS.filter(
  (scenario) => scenario.kind === 'interleaving' && /^mem.*\.1v1u1f$/.test(scenario.id),
)
  .slice(0, 3)
  .map((scenario): Unit => ({ scenario, mmio: 'ept', memoryModel: 'sc', budgetStates: 1e6 }));
const STATES = [1_000, 100_000, 500_000];
const baseline = units.map((unit, i) => {
  const { counts } = emptyResult(unitName(unit), {});
  return emptyResult(unitName(unit), { counts: { ...counts, states: STATES[i]! } });
});

const STALE: Violation = { invariant: 'stale', detail: '', kind: 'rule', isKnown: false };
const KILL = { violations: [STALE] };
const SPENT = { isComplete: false, reason: 'spent' };

/** A trial whose units answer as given, the first time and the second; with a log of the runs. */
function trial(
  answers: readonly (readonly Partial<UnitResult>[])[],
  coverage: readonly Coverage[] = [EVERYTHING, EVERYTHING, EVERYTHING],
  kind: MutantKind = 'operator',
): { trial: Trial; log: string[] } {
  const log: string[] = [];
  const runs = [0, 0, 0];
  const run = (unit: Unit): UnitResult => {
    const at = units.findIndex(({ scenario }) => scenario === unit.scenario);
    const how = answers[at]![runs[at]!] ?? {};
    runs[at] = runs[at]! + 1;
    log.push(`${at} with ${unit.budgetStates}`);
    return emptyResult(unitName(unit), { counts: baseline[at]!.counts, ...how });
  };
  return {
    trial: {
      mutant: { ...mutant, kind },
      units,
      baseline,
      coverage,
      story: [],
      run,
    },
    log,
  };
}

const names = (results: readonly UnitResult[]) =>
  results.map(({ scenario }) => units.findIndex((unit) => unit.scenario.id === scenario));

test('who dies in a cheap unit is spared the dear ones', async () => {
  const { trial: dies, log } = trial([[KILL], [], []]);
  expect(names(runUntilSettled(dies))).toEqual([0]);
  expect(log).toEqual(['0 with 14000']);
});

test('who survives is run everywhere, but for a control', async () => {
  const { trial: lives, log } = trial([[], [], []]);
  expect(names(runUntilSettled(lives))).toEqual([0, 1, 2]);
  expect(log).toEqual(['0 with 14000', '1 with 410000', '2 with 1000000']);
  const control = trial([[], [], []], [EVERYTHING, EVERYTHING, EVERYTHING], 'control').trial;
  expect(names(runUntilSettled(control))).toEqual([0]);
});

test('who must die of something is run until it does', async () => {
  const other: Violation = { ...STALE, invariant: 'other' };
  const { trial: dies } = trial([[KILL], [{ violations: [other] }], []]);
  expect(names(runUntilSettled({ ...dies, story: ['other'] }))).toEqual([0, 1]);
});

test('a unit is tried with few nodes, which is no reason to give it up', async () => {
  const nodes: (number | undefined)[] = [];
  const { trial: lives } = trial([[SPENT, {}], [], []]);
  const run = (unit: Unit) => {
    nodes.push(unit.closureNodes);
    return lives.run(unit, false);
  };
  const many = baseline.map((result, i) => {
    const { counts } = result;
    return { ...result, counts: { ...counts, nodes: [0, 10_000, 100_000][i]! } };
  });
  runUntilSettled({ ...lives, baseline: many, run });
  expect(nodes).toEqual([1000, 41_000, undefined, undefined]);
});

test('a regression is run on in claims that were not written for it, until one kills', async () => {
  const [first, second] = units.map(({ scenario }) => claimOf(scenario.id));
  const found = trial([[KILL], [KILL], []]);
  expect(names(runUntilSettled({ ...found.trial, own: [first!] }))).toEqual([0, 1]);
  const elsewhere = trial([[KILL], [KILL], []]);
  expect(names(runUntilSettled({ ...elsewhere.trial, own: [second!] }))).toEqual([0]);
  const spent = trial([[KILL], [SPENT], [KILL]]);
  expect(names(runUntilSettled({ ...spent.trial, own: [first!] }))).toEqual([0]);
});

test('a unit with more states than it was tried with is run whole after all others', async () => {
  const { trial: lives, log } = trial([[SPENT, {}], [], []]);
  const results = runUntilSettled(lives);
  expect(results.map(({ isComplete }) => isComplete)).toEqual([true, true, true]);
  expect(log.at(-1)).toBe('0 with 1000000');
  expect(log).toHaveLength(4);
});

test('a unit that was not run whole counts only if it kills', async () => {
  const kills = trial([[{ ...SPENT, ...KILL }], [], []]);
  expect(names(runUntilSettled(kills.trial))).toEqual([0]);
  expect(kills.log).toHaveLength(1);
  const idle = trial([[SPENT], [KILL], []]);
  expect(names(runUntilSettled(idle.trial))).toEqual([1]);
});

test('a unit that does not reach the mutant is not run, and does not kill', async () => {
  const { trial: lives, log } = trial([[KILL], [], []], [NOTHING, EVERYTHING, NOTHING]);
  const results = runUntilSettled(lives);
  expect(results.map(({ skipped }) => skipped)).toEqual(['not-reached', undefined, 'not-reached']);
  expect(results[0]!.counts.states).toBe(0);
  expect(log).toEqual(['1 with 410000']);
  expect(verdictOf(mutant, results, baseline).verdict).toBe('survived');
});

test('who is reached nowhere survives without a run, and says so', async () => {
  const { trial: idle, log } = trial([[KILL], [KILL], [KILL]], [NOTHING, NOTHING, NOTHING]);
  const { verdict, reason } = verdictOf(mutant, runUntilSettled(idle), baseline);
  expect({ verdict, log }).toEqual({ verdict: 'survived', log: [] });
  expect(reason).toContain('no scenario runs the code');
});

test('a complete run finds out if a unit that seemed not to reach the mutant does', async () => {
  const coverage = [EVERYTHING, NOTHING, EVERYTHING];
  const sound = trial([[KILL], [], []], coverage);
  expect(names(runEverywhere(sound.trial))).toEqual([0, 1, 2]);
  expect(sound.log).toHaveLength(3);
  const unsound = trial([[], [KILL], []], coverage);
  expect(() => runEverywhere(unsound.trial)).toThrow('which does not reach its code');
});
