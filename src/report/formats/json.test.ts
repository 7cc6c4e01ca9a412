// SPDX-License-Identifier: GPL-2.0-only
// Is the document one that viewers of mutation reports read as it is meant? It is held against
// their schema, and the score that they compute against ours.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { calculateMutationTestMetrics } from 'mutation-testing-metrics';
import type { MutantResult } from 'mutation-testing-report-schema/api';
import { expect, test } from 'vitest';
import { CLEAN, EVERY_WAY, INTERRUPTED, VOID, withText } from '../fixture-run.ts';
import { anyText, HOSTILE } from '../hostile-texts.ts';
import type { RunReport } from '../run-report.ts';
import { scoreOf } from '../score.ts';
import { format, mutationDocument } from './json.ts';

const { resolve } = createRequire(import.meta.url);
const schema = JSON.parse(
  readFileSync(
    resolve('mutation-testing-report-schema/mutation-testing-report-schema.json'),
    'utf8',
  ),
);
const isValid = new Ajv({ strict: false, allErrors: true, formats: { uri: true } }).compile(schema);

const RUNS = { 'every way': EVERY_WAY, clean: CLEAN, interrupted: INTERRUPTED, void: VOID };
const runs = Object.entries(RUNS);

function errorsOf(document: unknown): unknown {
  return isValid(document) ? [] : isValid.errors;
}

const mutantsOf = (report: RunReport): MutantResult[] =>
  Object.values(mutationDocument(report).files).flatMap(({ mutants }) => mutants);

const mutantNamed = (report: RunReport, id: string): MutantResult =>
  mutantsOf(report).find((mutant) => mutant.id === `v3.17/${id}`)!;

test('the document of a run', async () => {
  await expect(format.text(INTERRUPTED)).toMatchFileSnapshot('golden/mutation.json.txt');
});

test.each(runs)('the document of a run that is %s is valid', (_, report) => {
  expect(errorsOf(JSON.parse(format.text(report)))).toEqual([]);
});

test('the schema refuses a status that it does not know, so it is not for nothing', () => {
  const document = JSON.parse(format.text(EVERY_WAY).replace('"Killed"', '"Skipped"'));
  expect(errorsOf(document)).not.toEqual([]);
});

test.each(runs.slice(0, 3))('a viewer computes our score of a run that is %s', (_, report) => {
  const { metrics } = calculateMutationTestMetrics(mutationDocument(report)).systemUnderTestMetrics;
  const { detected, judged } = scoreOf(report.result.mutants);
  expect([metrics.totalDetected, metrics.totalValid]).toEqual([detected, judged]);
});

test('a viewer computes no score of a void run', () => {
  const { metrics } = calculateMutationTestMetrics(mutationDocument(VOID)).systemUnderTestMetrics;
  expect(metrics.mutationScore).toBeNaN();
  expect(mutantsOf(VOID).map(({ status }) => status)).toEqual(['Ignored', 'Ignored']);
});

test.each([
  ['install/no-sync.1', 'Killed', /^killed: stale-after-update\n/],
  ['install/wait-twice.1', 'Killed', /^deadlock: the updater waits for ever/],
  ['lookup/drop-mask.2', 'Killed', /^killed: crash: /],
  ['install/drop-increment.2', 'Survived', /^survived: explored within the bounds/],
  ['lookup/drop-mask.1', 'NoCoverage', /^survived: not reached/],
  ['install/drop-increment.1', 'Survived', /^unknown: the budget of 5 states is spent/],
  ['controls/same', 'Ignored', /^survived: as a control must/],
  ['history/no-wait', 'Ignored', /^the same code as v3\.17\/install\/no-sync\.1/],
])('%s is %s, and its reason begins with the verdict', (id, status, reason) => {
  const mutant = mutantNamed(EVERY_WAY, id);
  expect(mutant.status).toBe(status);
  expect(mutant.statusReason).toMatch(reason);
});

test('a mutant of several places has the first as its location, and its whole diff', () => {
  const { location, description } = mutantNamed(EVERY_WAY, 'history/single-increment');
  expect(location.start).toEqual({ line: 3, column: 22 });
  expect(description).toContain('counter.ts:3, reference/v3.17/virt/kvm/counter.ts:6');
  expect(description).toContain('-  slots.generation++;');
  expect(description).toContain('+  slots.generation = old.generation + 2n;');
});

test('at each location stands what the mutant replaces', () => {
  const [file] = Object.values(mutationDocument(EVERY_WAY).files);
  const lines = file!.source.split('\n');
  for (const { mutant } of EVERY_WAY.result.mutants) {
    const { start, end } = mutantNamed(EVERY_WAY, mutant.id.slice('v3.17/'.length)).location;
    expect(lines[start.line - 1]!.slice(start.column - 1, end.column - 1)).toBe(
      mutant.edits[0]!.original,
    );
  }
});

test('who kills covers, and who covers is a scenario of the document', () => {
  const { testFiles = {} } = mutationDocument(EVERY_WAY);
  const tests = Object.values(testFiles).flatMap((file) => file.tests.map(({ id }) => id));
  for (const { coveredBy = [], killedBy = [] } of mutantsOf(EVERY_WAY)) {
    expect(coveredBy).toEqual(expect.arrayContaining(killedBy));
    expect(tests).toEqual(expect.arrayContaining(coveredBy));
  }
  expect(mutantsOf(EVERY_WAY).some(({ killedBy }) => killedBy!.length > 0)).toBe(true);
});

test('a mutant of a file that is not in the report is no silent loss', () => {
  expect(() => format.text({ ...EVERY_WAY, sources: new Map() })).toThrow(/no source of v3\.17/);
});

test('any text keeps the document valid, and comes back from it', () => {
  const claim = (text: string) => {
    const document = JSON.parse(format.text(withText(text)));
    expect(errorsOf(document)).toEqual([]);
    const [file] = Object.values(document.files) as [{ mutants: MutantResult[] }];
    expect(file.mutants[0]!.replacement).toBe(text);
  };
  HOSTILE.forEach(claim);
  const property = fc.property(anyText, (text) => {
    claim(text);
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
});
