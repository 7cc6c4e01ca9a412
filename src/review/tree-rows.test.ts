// SPDX-License-Identifier: GPL-2.0-only
// Does a row say what a run on a tree found, and no more?

import { expect, test } from 'vitest';
import { diffOf, patchOf } from './fixture-patch.ts';
import { type TreeAnswer, withTreeRows } from './tree-rows.ts';
import type { PatchReview, Row } from './values.ts';

const row = (word: Row['word'], name: string): Row => {
  return { word, name, text: '', question: null, place: null, evidence: [], story: null };
};
const REVIEW: PatchReview = {
  patch: patchOf(diffOf(['f', '+\tx();'])),
  state: 'reviewed',
  touched: [],
  mends: [],
  isRun: false,
  rows: [row('ask', 'half-a-fix'), row('risk', 'stale-after-update'), row('risk', 'progress')],
};
const ANSWER: TreeAnswer = {
  changes: [],
  functions: ['f'],
  runs: 8,
  answered: 8,
  storyOf: () => null,
};
const said = (answer: TreeAnswer) => {
  const { rows, isRun } = withTreeRows(REVIEW, answer, null);
  return { isRun, rows: rows.map(({ word, name }) => `${word} ${name}`) };
};

test('what the patch breaks comes first, and what holds on both sides is ok', () => {
  const changes = [
    { invariant: 'stale-after-update', effect: 'regression', runs: ['a ept sc'] },
  ] as const;
  expect(said({ ...ANSWER, changes })).toEqual({
    isRun: true,
    rows: ['FAIL stale-after-update', 'ask half-a-fix', 'ok progress'],
  });
});

test('what is mended is ok, what was broken is a note, what has no answer is unknown', () => {
  const changes = [
    { invariant: 'a', effect: 'fixes', runs: ['x'] },
    { invariant: 'b', effect: 'present before', runs: ['x'] },
    { invariant: 'progress', effect: 'cannot tell', runs: ['x'] },
  ] as const;
  expect(said({ ...ANSWER, changes }).rows).toEqual([
    'ask half-a-fix',
    'unknown progress',
    'note b',
    'ok a',
    'ok stale-after-update',
  ]);
});

test('a tree that cannot be analysed, or has no answer, is unknown and ticks nothing', () => {
  const nothing = ['ask half-a-fix', 'unknown tree', 'risk stale-after-update', 'risk progress'];
  expect(said({ problem: 'no such tree' })).toEqual({ isRun: false, rows: nothing });
  expect(said({ ...ANSWER, answered: 0 }).rows).toEqual(nothing);
});

test('a patch that changes nothing that is run ticks nothing', () => {
  expect(said({ ...ANSWER, functions: [] }).rows).toEqual([
    'ask half-a-fix',
    'risk stale-after-update',
    'risk progress',
    'note tree',
  ]);
});

const HELD_ANSWER: TreeAnswer = {
  changes: [],
  functions: ['f'],
  runs: 8,
  answered: 8,
  storyOf: () => null,
};
const mutant = (id: string, breaks: readonly string[]) => ({ id, text: `${id} is gone`, breaks });
const weighed = (mutants: readonly ReturnType<typeof mutant>[], notRun = 0) =>
  withTreeRows(REVIEW, HELD_ANSWER, { mutants, unreached: 0, notRun, left: [] }).rows;

test('what holds is weak where a mutant of the touched lines lives, which is named', () => {
  const rows = weighed([mutant('a', ['zap-before-reuse']), mutant('b', [])]);
  expect(rows.some(({ word }) => word === 'ok')).toBe(false);
  const [weak] = rows.filter(({ word }) => word === 'weak');
  expect(weak!.text).toContain('1 of 2 mutants');
  expect(weak!.evidence).toEqual([{ kind: 'mutant', id: 'b', text: 'b is gone' }]);
  expect(rows.find(({ name }) => name === 'mutants')!.text).toContain('b is gone');
});

test('where all die nothing is weak, and what was not run is said', () => {
  const rows = weighed([mutant('a', ['zap-before-reuse'])], 2);
  expect(rows.some(({ word }) => word === 'weak')).toBe(false);
  expect(rows.find(({ name }) => name === 'mutants')!.text).toMatch(/2 were not run/);
});

test('where no mutant was run nothing is weak and nothing is praised', () => {
  const rows = weighed([], 3);
  expect(rows.some(({ word }) => word === 'weak')).toBe(false);
  expect(rows.find(({ name }) => name === 'mutants')!.text).toMatch(/0 run.*3 were not run/);
});
