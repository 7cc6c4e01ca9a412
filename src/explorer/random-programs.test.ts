// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import type { MemoryModel } from './program.ts';
import { checkRandomPrograms, type Engine } from './random-programs.ts';
import { rawSearch } from './raw-search.ts';

const raw = (memoryModel: MemoryModel): Engine => ({
  name: 'raw-search',
  memoryModel,
  explore: (program) => rawSearch(program, { memoryModel, budgetStates: 1e6, wantEnds: true }),
});

test('brute force and the plain search agree on 400 random programs under sc', () => {
  const check = checkRandomPrograms(400, [raw('sc')]);
  expect(check.disagreements).toEqual([]);
  expect(check.bruteForced.sc).toBeGreaterThan(300);
  expect(check.traces).toBeGreaterThan(check.programs);
  expect(check.deadlocks).toBeGreaterThan(10);
});

test('brute force and the plain search agree on 100 random programs under pso-release', () => {
  const check = checkRandomPrograms(100, [raw('pso-release')]);
  expect(check.disagreements).toEqual([]);
  expect(check.bruteForced['pso-release']).toBeGreaterThan(40);
});

test('an engine that finds nothing disagrees with the judge', () => {
  const nothing: Engine = {
    ...raw('sc'),
    explore: (program) => ({ ...raw('sc').explore(program), events: [], ends: [] }),
  };
  expect(checkRandomPrograms(3, [nothing]).disagreements).toHaveLength(3);
});
