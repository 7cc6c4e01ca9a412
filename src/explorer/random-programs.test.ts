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

test('an engine that throws disagrees with the judge, and its message is kept', () => {
  const broken: Engine = {
    ...raw('sc'),
    explore: () => {
      throw new Error('no row left');
    },
  };
  expect(checkRandomPrograms(1, [broken]).disagreements[0]).toContain('throws no row left');
});

/** Two readers of one group may stand in for each other; keeps one of each two such ends. */
function oneOfEachPair(ends: readonly string[]): string[] {
  const held = (end: string, thread: number) =>
    [...end.matchAll(new RegExp(`own cell (\\d+) of thread ${thread}=(\\S+)`, 'g'))]
      .map(([, cell, value]) => `${cell}=${value}`)
      .join();
  return ends.filter((end) => held(end, 1) >= held(end, 2));
}

test('an engine that reduces symmetry may show one of two like ends, and no engine fewer', () => {
  const engine = (reducesSymmetry: boolean, isShort: boolean): Engine => ({
    ...raw('sc'),
    reducesSymmetry,
    explore: (program) => {
      const outcome = raw('sc').explore(program);
      const ends = oneOfEachPair(outcome.ends);
      expect(ends.length).toBeLessThan(outcome.ends.length);
      return { ...outcome, ends: isShort ? ends.slice(1) : ends };
    },
  });
  // The program of this seed has two like readers that may wait for ever inside their sections.
  const disagreements = (e: Engine) => checkRandomPrograms(1, [e], 1).disagreements.length;
  expect(disagreements(engine(true, false))).toBe(0);
  expect(disagreements(engine(false, false))).toBe(1);
  expect(disagreements(engine(true, true))).toBe(1);
});
