// SPDX-License-Identifier: GPL-2.0-only
// Would a reader of KTAP understand a run? A parser of the nested format says what it reads.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLEAN, EVERY_WAY, INTERRUPTED, VOID, withText } from '../fixture-run.ts';
import { anyText, HOSTILE } from '../hostile-texts.ts';
import type { RunReport } from '../run-report.ts';
import { format } from './ktap.ts';

interface Result {
  readonly name: string;
  readonly isOk: boolean;
  readonly directive: string;
  readonly parts: readonly Result[];
}

/** Reads one level: a version, a plan, results in order. Throws if anything is amiss. */
function readLevel(lines: string[], indent: string): Result[] {
  const strip = () => lines.shift()!.slice(indent.length);
  if (strip() !== 'KTAP version 1') throw new Error('no version');
  while (lines[0]!.startsWith(`${indent}# `)) lines.shift();
  const [, planned] = /^1\.\.(\d+)$/.exec(strip())!;
  const results: Result[] = [];
  let parts: Result[] = [];
  while (lines[0]?.startsWith(indent) && results.length < Number(planned)) {
    if (lines[0].startsWith(`${indent}  `)) {
      parts = readLevel(lines, `${indent}  `);
      continue;
    }
    const line = strip();
    if (line.startsWith('#')) continue;
    const match = /^(ok|not ok) (\d+) (?:- )?([^#]*?)(?: # ([A-Z]+)(?: [^#]*)?)?$/.exec(line);
    if (match === null) throw new Error(`no result: ${line}`);
    const [, word, number, name = '', directive = ''] = match;
    if (Number(number) !== results.length + 1) throw new Error(`out of order: ${line}`);
    const isOk = word === 'ok';
    if (isOk && parts.some((part) => !part.isOk)) throw new Error(`a part failed: ${line}`);
    results.push({ name, isOk, directive, parts });
    parts = [];
  }
  if (results.length !== Number(planned)) throw new Error('fewer results than planned');
  return results;
}

function read(report: RunReport): Result[] {
  const lines = format.text(report).split('\n');
  expect(lines.pop()).toBe('');
  const results = readLevel(lines, '');
  expect(lines).toEqual([]);
  return results;
}

const short = ({ name, isOk, directive }: Result) =>
  [isOk ? 'ok' : 'not ok', name, directive].join(' ').trim();

describe('the tests of a run', () => {
  test.each([
    ['every-way', EVERY_WAY],
    ['void', VOID],
  ])('%s', async (name, report) => {
    await expect(format.text(report)).toMatchFileSnapshot(`golden/mutation-${name}.ktap.txt`);
  });

  test('that is clean all pass', () => {
    expect(read(CLEAN).map(short)).toEqual(['ok baseline', 'ok v3.17 mutants']);
  });

  test('that was interrupted do not pass, though each mutant does', () => {
    const [, mutants] = read(INTERRUPTED);
    expect(short(mutants!)).toBe('not ok v3.17 mutants ERROR');
    expect(mutants!.parts.every(({ isOk }) => isOk)).toBe(true);
  });

  test('that is void say nothing of the mutants', () => {
    expect(read(VOID).map(short)).toEqual(['not ok baseline', 'ok v3.17 mutants SKIP']);
  });

  test('of no mutants do not pass', () => {
    const { result } = CLEAN;
    expect(read({ ...CLEAN, result: { ...result, mutants: [] } })[1]!.isOk).toBe(false);
  });
});

test('a survivor and what is unknown fail, and fail their era', () => {
  const [, era] = read(EVERY_WAY);
  expect(era!.parts.filter(({ isOk }) => !isOk).map(short)).toEqual([
    'not ok v3.17/install/drop-increment.1 TIMEOUT',
    'not ok v3.17/install/drop-increment.2',
    'not ok v3.17/lookup/drop-mask.1',
  ]);
  expect(era!.isOk).toBe(false);
});

test('a regression that does not break what it must fails', () => {
  const regressions = EVERY_WAY.regressions.map((one) => ({ ...one, breaks: ['id-map-exact'] }));
  const [, era] = read({ ...CLEAN, regressions });
  expect(era!.parts.filter(({ isOk }) => !isOk).map(({ name }) => name)).toEqual([
    'v3.17/history/single-increment',
    'v3.17/history/no-wait',
  ]);
});

test('no text makes a result', () => {
  const expected = read(withText('text')).map(({ parts }) => parts.map(short));
  const claim = (text: string) => {
    expect(read(withText(text)).map(({ parts }) => parts.map(short))).toEqual(expected);
  };
  HOSTILE.forEach(claim);
  const property = fc.property(anyText, (text) => {
    claim(text);
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
});
