// SPDX-License-Identifier: GPL-2.0-only
// Are pairs run as other mutants are, and only of mutants that died? A small run is made: one
// scenario, one family.

import { beforeAll, expect, test } from 'vitest';
import type { Mutant } from '#mutation/mutant';
import { NO_CACHE } from './cache.ts';
import { pairsOfRun, toldPairing } from './pairs.ts';
import { allMutants } from './registry.ts';
import { type MutantRun, type RunChoice, type RunResult, runLab } from './run.ts';
import { SCENARIOS } from './suites.ts';
import type { VerdictWord } from './verdict.ts';

const ERA = 'v3.17';
const CHOICE: RunChoice = {
  eras: [ERA],
  scenarios: SCENARIOS.filter(({ id }) => id === 'mmio-cache/a-created-slot-is-seen.1v1u1f'),
  invariants: [],
  memoryModel: null,
  budgetStates: null,
  isWhole: false,
  isComplete: true,
  families: ['order'],
  functions: [],
  withSyntactic: false,
  withPairs: true,
  shard: null,
};

const told: string[] = [];
const lab = (choice: RunChoice): Promise<RunResult> =>
  runLab(choice, {
    entry: new URL('../cli/run-worker.ts', import.meta.url),
    workers: 1,
    signal: null,
    cache: NO_CACHE,
    onProgress: (done, of, what) => told.push(`${done} of ${of} ${what}`),
  });

let result: RunResult;
beforeAll(async () => {
  result = await lab(CHOICE);
}, 120_000);

const words = (runs: readonly MutantRun[]) =>
  new Map(runs.map(({ mutant, verdict }) => [mutant.id, verdict.verdict]));

test('each pair is of two mutants that died alone, and each such couple is accounted for', () => {
  const alone = words(result.mutants);
  const dead = result.mutants.filter(
    ({ mutant: { kind }, verdict }) =>
      kind === 'operator' && ['killed', 'deadlock'].includes(verdict.verdict),
  );
  expect(dead.length).toBeGreaterThan(2);
  expect(dead.length).toBeLessThan(alone.size);
  const { pairs, pairing, problems } = result;
  expect(problems).toEqual([]);
  for (const { mutant } of pairs) {
    const halves = mutant.id.slice(`${ERA}/pairs/`.length).split('+');
    expect(halves.map((half) => alone.get(`${ERA}/${half}`))).toEqual(['killed', 'killed']);
  }
  const all = pairs.length + pairing!.twins.length + pairing!.overlapping;
  expect(all).toBe((dead.length * (dead.length - 1)) / 2);
  expect(told.at(-1)).toBe(`${pairs.length} of ${pairs.length} pairs`);
});

test('a pair has verdict and units of its own, and is no mutant of the run', () => {
  expect(result.mutants.filter(({ mutant }) => mutant.kind === 'pair')).toEqual([]);
  const detected = result.pairs.filter(({ verdict }) => verdict.verdict === 'killed');
  expect(detected.length).toBeGreaterThan(0);
  for (const { units, verdict, story } of detected) {
    expect(verdict.kind).toBe('pair');
    expect(units.length).toBeGreaterThan(0);
    expect(story).toBeNull();
  }
});

test('--complete is about the matrix: pairs are spared what is not needed', () => {
  expect(result.mutants.every(({ spared }) => spared === 0)).toBe(true);
  expect(result.pairs.some(({ spared }) => spared > 0)).toBe(true);
});

const order = (await allMutants([ERA])).filter(({ family }) => family === 'order');

function ran(mutant: Mutant, verdict: VerdictWord): MutantRun {
  const { id, kind } = mutant;
  const said = { id, kind, verdict, kills: [], reason: '' };
  return { mutant, units: [], spared: 0, verdict: said, story: null, witness: null };
}

test('who lived, and who only lost an optimisation, makes no pair', async () => {
  const lived: readonly VerdictWord[] = ['survived', 'equivalent', 'unknown', 'lost-optimisation'];
  for (const word of lived) {
    const runs = order.map((mutant, i) => ran(mutant, i === 0 ? 'killed' : word));
    expect((await pairsOfRun([ERA], runs))[0]!.pairs).toEqual([]);
  }
  const runs = order.map((mutant) => ran(mutant, 'deadlock'));
  expect((await pairsOfRun([ERA], runs))[0]!.pairs).not.toEqual([]);
});

test('no pair where pairs were asked for is a problem of its era', async () => {
  const all = order.map((mutant) => ran(mutant, 'killed'));
  const made = await pairsOfRun(['v3.16', ERA], all);
  expect(made.map(({ problems }) => problems)).toEqual([
    [
      {
        text: 'v3.16: pairs were asked for, but no two mutants that died make one',
        isUnknown: false,
      },
    ],
    [],
  ]);
  expect(toldPairing(made).overlapping).toBe(made[1]!.overlapping);
});

test('a run that was asked for pairs and has none is void', async () => {
  const { pairs, pairing, problems } = await lab({ ...CHOICE, families: ['memory'] });
  expect({ pairs, pairing }).toEqual({ pairs: [], pairing: { twins: [], overlapping: 0 } });
  expect(problems.map(({ text }) => text)).toEqual([expect.stringContaining('no two mutants')]);
}, 120_000);
