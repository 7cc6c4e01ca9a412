// SPDX-License-Identifier: GPL-2.0-only
// Is a race counted only if the judge is known to judge, and the kernel as it stands was clean
// beside it?

import { expect, test } from 'vitest';
import type { MutantVerdict } from '../result.ts';
import type { Recording } from '../serial.ts';
import { restsOnThreads } from './level-b.ts';
import { SHAPES, threadLines, threadsOf } from './threads.ts';

const canary = 'stress canary cycles 2 judged 40 other 9 stale-mmio 30 stale-ram 2';
const stress = (id: string, judged: number, stale: number) =>
  `stress ${id} cycles 25 judged ${judged} other 70 stale-mmio ${stale} stale-ram 0`;
const all = (run: string, judged: number, stale = 0) =>
  SHAPES.map(({ bits }) => stress(`${run}.${bits}`, judged, stale));
const recording = (...records: string[]): Recording => ({ records, faults: [], others: [] });
const clean = [canary, ...all('m4.before', 90), ...all('m4.after', 90)];

test('a stale answer needs no more evidence, silence does', () => {
  expect(threadsOf(recording(...clean, ...all('m4', 3, 1)), 'm4')).toMatchObject({
    isStale: true,
    isEnough: true,
    faults: [],
  });
  expect(threadsOf(recording(...clean, ...all('m4', 3)), 'm4').isEnough).toBe(false);
  expect(threadsOf(recording(...clean, ...all('m4', 300)), 'm4').isEnough).toBe(true);
  expect(threadsOf(recording(...clean), 'm4').isEnough).toBe(false);
});

test('without a judge that lies, or without the kernel as it stands, nothing is known', () => {
  const run = all('m4', 90);
  const [, ...blind] = clean;
  expect(threadsOf(recording(...blind, ...run), 'm4').faults).not.toEqual([]);
  const before = [canary, ...all('m4.before', 90), ...run];
  expect(threadsOf(recording(...before), 'm4').faults).not.toEqual([]);
  const died = { ...recording(...before), others: ['Kernel panic - not syncing: x'] };
  expect(threadsOf(died, 'm4')).toMatchObject({ faults: [], hasPanicked: true });
  const few = [canary, ...all('m4.before', 90), ...all('m4.after', 3), ...run];
  expect(threadsOf(recording(...few), 'm4').faults).not.toEqual([]);
});

test('the kernel as it stands is run before and after, and the last mutant is none', () => {
  const chosen = threadLines('m4', 4, true).filter((line) => line.includes('kvm_mutant '));
  expect(chosen.map((line) => line.split(' ').at(-1))).toEqual(['0', '4', '0']);
});

test('two threads that told too little are no answer, but for who is dead of one', () => {
  const rest = (kernel: MutantVerdict) => restsOnThreads({ kernel });
  expect((['race', 'panic', 'survives', 'mends', 'unknown'] as const).every(rest)).toBe(true);
  expect((['sequence', 'wrap', 'freed'] as const).some(rest)).toBe(false);
});
