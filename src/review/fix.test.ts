// SPDX-License-Identifier: GPL-2.0-only
// Is the verdict on each of the eight ways of taking some pieces of a fix right, and is what nobody
// knows never a complete fix?

import { expect, test } from 'vitest';
import { type Answer, type Held, judge } from './fix.ts';

const NAMES = ['P', 'A', 'B'] as const;
const RULES = ['after', 'window', 'rest', 'flux'] as const;

function findings(pieces: readonly Answer[], rules: readonly Held[]) {
  return {
    ground: null,
    pieces: NAMES.map((name, i) => ({
      name,
      commit: null,
      isPrerequisite: name === 'P',
      how: 'run' as const,
      without: null,
      answer: pieces[i]!,
    })),
    invariants: RULES.map((name, i) => ({ name, state: rules[i]! })),
    others: [],
  };
}

const HOLDS: readonly Held[] = ['holds', 'holds', 'holds', 'holds'];

/** Pieces P, A, B and what a tree of 3.16 with them was seen to do (bench half-backports). */
const EIGHT: readonly (readonly [pieces: string, rules: string, verdict: string])[] = [
  ['---', 'xx.x', 'not fixed'],
  ['--B', 'xxxx', 'partial: missing P; A'],
  ['-A-', '.x.x', 'partial: missing P; B'],
  ['-AB', '.xxx', 'partial: missing P'],
  ['P--', 'xx.x', 'not fixed'],
  ['P-B', 'xxx.', 'partial: missing A'],
  ['PA-', '.x.x', 'partial: missing B'],
  ['PAB', '....', 'complete'],
];

test.each(EIGHT)('the pieces %s with the breaks %s are %s', (pieces, rules, verdict) => {
  const answers = [...pieces].map((mark): Answer => (mark === '-' ? 'no' : 'yes'));
  const states = [...rules].map((mark): Held => (mark === 'x' ? 'FAIL' : 'holds'));
  const { word, why } = judge(findings(answers, states));
  const said = word === 'partial' ? `${word}: ${why}` : word;
  expect(said).toBe(verdict);
});

test('a tree that has no piece and keeps every rule is fixed by other means', () => {
  const { word } = judge(findings(['no', 'no', 'no'], ['holds', 'holds', 'holds', 'holds']));
  expect(word).toBe('fixed by other means');
});

test.each([
  [
    ['yes', 'yes', 'unknown'],
    ['holds', 'holds', 'holds', 'holds'],
  ],
  [
    ['yes', 'yes', 'yes'],
    ['holds', 'unknown', 'holds', 'holds'],
  ],
  [
    ['yes', 'yes', 'yes'],
    ['FAIL', 'holds', 'holds', 'holds'],
  ],
] as const)('%j with %j is nothing that anybody can tell', (pieces, rules) => {
  expect(judge(findings(pieces, rules)).word).toBe('cannot tell');
});

test('a fix of which no rule was looked at is nothing that anybody can tell', () => {
  expect(judge({ ground: null, pieces: [], invariants: [], others: [] }).word).toBe('cannot tell');
});

test('a bug without known pieces may be hidden by another one that shows in the same runs', () => {
  const alone = { ...findings([], HOLDS), pieces: [] };
  expect(judge(alone).word).toBe('complete');
  expect(judge({ ...alone, others: ['stale-after-update'] })).toEqual({
    word: 'cannot tell',
    why: 'other rules fail there, which may hide it: stale-after-update',
  });
});

function groundless(how: 'run' | 'shape', rules: readonly Held[]) {
  const ground = { name: 'second space', since: null, how, answer: 'no' } as const;
  return judge({ ...findings(['no', 'no', 'no'], rules), ground });
}

test('a tree without what the bug needs is not affected, and it is said what it lacks', () => {
  for (const how of ['run', 'shape'] as const) {
    const { word, why } = groundless(how, HOLDS);
    expect(word).toBe('not affected');
    expect(why).toContain('no second space');
  }
});

test('what was run decides though a rule fails for another reason; a shape does not', () => {
  const fails: readonly Held[] = ['FAIL', 'holds', 'holds', 'holds'];
  expect(groundless('run', fails)).toMatchObject({ word: 'not affected' });
  expect(groundless('run', fails).why).toContain('after fails there for another reason');
  expect(groundless('shape', fails).word).toBe('cannot tell');
});

test('a shape without an answer of the rules is nothing that anybody can tell', () => {
  expect(groundless('shape', ['unknown', 'holds', 'holds', 'holds']).word).toBe('cannot tell');
});

test('where nobody knows whether the bug is possible, a fix is complete or nobody can tell', () => {
  const ground = { name: 'second space', since: null, how: 'shape', answer: 'unknown' } as const;
  const verdict = (pieces: readonly Answer[]) => judge({ ...findings(pieces, HOLDS), ground });
  expect(verdict(['yes', 'yes', 'yes']).word).toBe('complete');
  expect(verdict(['no', 'no', 'no']).word).toBe('cannot tell');
});

test('what was needed first is named with a tree that has no piece', () => {
  const { why } = judge(findings(['no', 'no', 'no'], ['FAIL', 'holds', 'holds', 'holds']));
  expect(why).toBe('after fails; needed first: P');
});
