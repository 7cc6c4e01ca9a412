// SPDX-License-Identifier: GPL-2.0-only
// Is the verdict on each of the eight ways of taking some pieces of a fix right, and is what nobody
// knows never a complete fix?

import { expect, test } from 'vitest';
import { type Answer, type Held, judge } from './fix.ts';

const NAMES = ['P', 'A', 'B'] as const;
const RULES = ['after', 'window', 'rest', 'flux'] as const;

function findings(pieces: readonly Answer[], rules: readonly Held[]) {
  return {
    pieces: NAMES.map((name, i) => ({
      name,
      commit: null,
      isPrerequisite: name === 'P',
      answer: pieces[i]!,
    })),
    invariants: RULES.map((name, i) => ({ name, state: rules[i]! })),
  };
}

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
  expect(judge({ pieces: [], invariants: [] }).word).toBe('cannot tell');
});
