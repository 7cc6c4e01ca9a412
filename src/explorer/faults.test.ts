// SPDX-License-Identifier: GPL-2.0-only
// Do the judges of the engines notice a fault? Each one is put in on purpose here; if a test of
// this file goes red, a gate has gone blind.

import { expect, test } from 'vitest';
import { type DporOptions, optimalDpor } from './dpor.ts';
import type { DporFaults } from './dpor-order.ts';
import * as laterReaders from './litmus/correct/grace-period-ends-inside-a-later-section.ts';
import * as earlierReaders from './litmus/correct/grace-period-waits-for-earlier-readers.ts';
import { type Litmus, outcomesOf, programOf } from './litmus/litmus.ts';
import { checkRandomPrograms, type Engine, randomProgram } from './random-programs.ts';
import { type arena, type GracePeriod, waitForReaders } from './random-statements.ts';
import { rawSearch } from './raw-search.ts';
import type { Value } from './world.ts';

const PROGRAMS = 60;
const options: DporOptions = { budgetExecutions: 1e5, budgetSteps: 1e6, wantEnds: true };

function disagreementsWith(faults: DporFaults): readonly string[] {
  const engine: Engine = {
    name: 'optimal-dpor',
    memoryModel: 'sc',
    countsTraces: true,
    explore: (program) => optimalDpor(program, { ...options, faults }),
  };
  return checkRandomPrograms(PROGRAMS, [engine]).disagreements;
}

const EVERY_FAULT: Required<Record<keyof DporFaults, true>> = {
  conflictIgnoresReads: true,
  noReadToWriteEdge: true,
  dropRaceWhenWakeupTree: true,
  sleepNeverWoken: true,
  onlyLastRace: true,
  raceStopsAtUnlock: true,
  blockedThreadsDoNotRace: true,
};

test('random programs find nothing in Optimal-DPOR without a fault', () => {
  expect(disagreementsWith({})).toEqual([]);
});

for (const fault of Object.keys(EVERY_FAULT)) {
  test(`random programs find the fault ${fault} in Optimal-DPOR`, () => {
    expect(disagreementsWith({ [fault]: true })).not.toEqual([]);
  });
}

const search = { memoryModel: 'sc', budgetStates: 1e6, wantEnds: true } as const;

function plainSearchWith(grace: GracePeriod): Engine {
  return {
    name: `plain search, grace period ${grace}`,
    memoryModel: 'sc',
    explore: (program) => rawSearch(program, search),
    programOf: (seed) => randomProgram(seed, grace),
  };
}

test('random programs find a grace period that never waits', () => {
  const { disagreements } = checkRandomPrograms(PROGRAMS, [plainSearchWith('never-waits')]);
  expect(disagreements.some((text) => text.includes('invents end done'))).toBe(true);
});

test('random programs find a grace period that waits for later readers too', () => {
  const late = plainSearchWith('waits-for-later-readers');
  const { disagreements } = checkRandomPrograms(PROGRAMS, [late]);
  expect(disagreements.some((text) => text.includes('invents end deadlock'))).toBe(true);
});

test('random programs find nothing in an exact grace period', () => {
  expect(checkRandomPrograms(PROGRAMS, [plainSearchWith('exact')]).disagreements).toEqual([]);
});

/** The outcomes of a litmus case when another body stands in for one of its threads. */
function outcomesWith(litmus: Litmus, thread: number, body: (s: arena) => readonly Value[]) {
  const threads = litmus.threads.with(thread, body);
  return outcomesOf(rawSearch(programOf({ ...litmus, threads }), search));
}

const laterReadersWith = (grace: GracePeriod) =>
  outcomesWith(laterReaders.litmus, 0, (s) => {
    const isReaderInside = s.x;
    waitForReaders(s, grace);
    s.z = 1;
    return [isReaderInside];
  });

const earlierReadersWith = (grace: GracePeriod) =>
  outcomesWith(earlierReaders.litmus, 1, (s) => {
    s.x = 1;
    waitForReaders(s, grace);
    s.y = 1;
    return [];
  });

test('a grace period that waits for later readers too loses an outcome of its litmus case', () => {
  expect(laterReadersWith('exact')).toEqual(laterReaders.litmus.outcomes.sc);
  const late = laterReadersWith('waits-for-later-readers');
  expect(late).toEqual(
    laterReaders.litmus.outcomes.sc.filter((outcome) => outcome !== '1 / 1 / 1'),
  );
});

test('a grace period that never waits shows the bad outcome of its litmus case', () => {
  expect(earlierReadersWith('exact')).toEqual(earlierReaders.litmus.outcomes.sc);
  expect(earlierReadersWith('never-waits')).toContain(earlierReaders.litmus.bad);
});
