// SPDX-License-Identifier: GPL-2.0-only
// Does the reduced search find what the plain one finds? Every reduction is added to the ones
// before it and judged on random programs; every fault that can be put into it must be noticed.

import { expect, test } from 'vitest';
import { litmus as seenFromOutside } from './litmus/correct/a-lock-is-seen-from-outside.ts';
import { type Litmus, outcomesOf, programOf } from './litmus/litmus.ts';
import { litmus as lateReader } from './litmus/wrong/late-reader-takes-the-lock-of-who-waits.ts';
import type { MemoryModel } from './program.ts';
import { checkRandomPrograms, type Engine, randomProgram } from './random-programs.ts';
import { prepare, search } from './search.ts';
import { ALL_REDUCTIONS, type Reductions, type SearchFaults } from './search-options.ts';

const NONE: Reductions = {
  summarise: false,
  minimise: false,
  merge: false,
  quiet: false,
  fuse: false,
  symmetry: false,
};
const LADDER: Record<string, Reductions> = {
  'no reduction': NONE,
  summarise: { ...NONE, summarise: true },
  minimise: { ...NONE, minimise: true },
  'minimise, merge': { ...NONE, minimise: true, merge: true },
  'minimise, merge, quiet': { ...NONE, minimise: true, merge: true, quiet: true },
  'minimise, merge, quiet, fuse': { ...ALL_REDUCTIONS, symmetry: false },
  'all reductions': ALL_REDUCTIONS,
};

function engine(
  memoryModel: MemoryModel,
  reductions: Reductions,
  faults: SearchFaults = {},
): Engine {
  return {
    name: 'search',
    memoryModel,
    reducesSymmetry: reductions.symmetry,
    explore: (program) =>
      search(program, { memoryModel, budgetStates: 1e6, wantEnds: true, reductions, faults }),
  };
}

for (const [name, reductions] of Object.entries(LADDER)) {
  test(`${name}: the same outcomes as brute force on 60 random programs under sc`, () => {
    expect(checkRandomPrograms(60, [engine('sc', reductions)], 1, 300).disagreements).toEqual([]);
  });
}

test('all reductions find the outcomes of the plain search on 200 more random programs', () => {
  const check = checkRandomPrograms(200, [engine('sc', ALL_REDUCTIONS)], 1000, 300);
  expect(check.disagreements).toEqual([]);
  expect(check.deadlocks).toBeGreaterThan(5);
});

test('all reductions find what the plain search finds on 60 programs under pso-release', () => {
  const check = checkRandomPrograms(60, [engine('pso-release', ALL_REDUCTIONS)], 1, 300);
  expect(check.disagreements).toEqual([]);
});

test('most random programs are really explored by the reduced search', () => {
  const options = { memoryModel: 'sc', budgetStates: 1e6, wantEnds: false } as const;
  const seeds = Array.from({ length: 60 }, (_, i) => i + 1);
  const prepared = seeds.filter((seed) => prepare(randomProgram(seed), options) !== null);
  expect(prepared.length).toBeGreaterThan(40);
});

const FAULTS: Record<string, SearchFaults> = {
  conflictIgnoresReads: { conflictIgnoresReads: true },
  cellIsPrivate: { cellIsPrivate: true },
  publishedIsUnpublished: { publishedIsUnpublished: true },
  symmetryWithoutOwnCells: { symmetryWithoutOwnCells: true },
  mergeByStepAlone: { mergeByStepAlone: true },
  rowWithoutSlot: { rowWithoutSlot: 0 },
  anyLockGuards: { anyLockGuards: true },
};

/** The first program, among the first `count`, on which an engine and its judge disagree. */
function firstDisagreement(judged: Engine, count: number): string | null {
  for (let seed = 1; seed <= count; seed++) {
    const [found] = checkRandomPrograms(1, [judged], seed, 1).disagreements;
    if (found !== undefined) return found;
  }
  return null;
}

for (const [name, faults] of Object.entries(FAULTS)) {
  test(`random programs find the fault ${name} in the reduced search`, () => {
    expect(firstDisagreement(engine('sc', ALL_REDUCTIONS, faults), 250)).not.toBeNull();
  });
}

/** Faults that need a program made for them, and the outcome that they lose. */
const LITMUS: Record<string, { faults: SearchFaults; litmus: Litmus; lost: string }> = {
  graceBeginIsPrivate: {
    faults: { graceBeginIsPrivate: true },
    litmus: lateReader,
    lost: 'deadlock',
  },
  unlockIsAlwaysPrivate: {
    faults: { unlockIsAlwaysPrivate: true },
    litmus: seenFromOutside,
    lost: ' / 1',
  },
};

for (const [name, { faults, litmus, lost }] of Object.entries(LITMUS)) {
  test(`a litmus case finds the fault ${name} in the reduced search`, () => {
    const outcomes = (put: SearchFaults) =>
      outcomesOf(engine('sc', ALL_REDUCTIONS, put).explore(programOf(litmus)));
    expect(outcomes({})).toContain(lost);
    expect(outcomes(faults)).not.toContain(lost);
  });
}
