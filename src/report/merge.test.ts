// SPDX-License-Identifier: GPL-2.0-only
// Is the whole what its parts say, in whatever order they come?

import * as fc from 'fast-check';
import { calculateMutationTestMetrics } from 'mutation-testing-metrics';
import type { MutantResult, MutationTestResult } from 'mutation-testing-report-schema/api';
import { expect, test } from 'vitest';
import { UserError } from '#user-error';
import { EVERY_WAY } from './fixture-run.ts';
import { mutationDocument } from './formats/json.ts';
import { mergeDocuments } from './merge.ts';

const OURS = mutationDocument(EVERY_WAY);
const [[PATH, FILE]] = Object.entries(OURS.files) as [
  [string, MutationTestResult['files'][string]],
];
const ours = { prefix: '', document: OURS };

/** A document about the same file with other mutants. */
function documentOf(mutants: readonly MutantResult[], source = FILE.source): MutationTestResult {
  return {
    schemaVersion: '2',
    thresholds: { high: 80, low: 60 },
    files: { [PATH]: { ...FILE, source, mutants: [...mutants] } },
  };
}

const ANOTHER: MutantResult = {
  id: '7',
  mutatorName: 'EqualityOperator',
  location: { start: { line: 4, column: 3 }, end: { line: 4, column: 9 } },
  replacement: 'x',
  status: 'Killed',
  coveredBy: ['0'],
  killedBy: ['0'],
};

const idsOf = (document: MutationTestResult) => document.files[PATH]!.mutants.map(({ id }) => id);

test('shards in any order are the whole', () => {
  const shards = (last: readonly MutantResult[]) => ({
    prefix: '',
    document: { ...OURS, files: { [PATH]: { ...FILE, mutants: [...last] } } },
  });
  const property = fc.property(fc.array(fc.nat(2), { maxLength: 20 }), (choice) => {
    const parts = [0, 1, 2].map((shard) =>
      shards(FILE.mutants.filter((_, i) => (choice[i] ?? 0) === shard)),
    );
    const [a, b, c] = parts as [typeof ours, typeof ours, typeof ours];
    expect(mergeDocuments([a, b, c])).toEqual(OURS);
    expect(mergeDocuments([c, a, b, a])).toEqual(OURS);
  });
  fc.assert(property, { seed: 1, numRuns: 50 });
});

test('what another tool says stands under its prefix, and counts', () => {
  const tests = { 'a.test.ts': { tests: [{ id: '0', name: 'a test' }] } };
  const document = { ...documentOf([ANOTHER]), testFiles: tests };
  const merged = mergeDocuments([ours, { prefix: 'stryker', document }]);
  const [mutant] = merged.files[PATH]!.mutants.filter(({ id }) => id === 'stryker/7');
  expect(mutant).toMatchObject({
    mutatorName: 'stryker/EqualityOperator',
    coveredBy: ['stryker/0'],
    killedBy: ['stryker/0'],
  });
  expect(merged.testFiles!['a.test.ts']!.tests).toEqual([{ id: 'stryker/0', name: 'a test' }]);
  expect(merged.framework).toEqual(OURS.framework);
  const detected = (of: MutationTestResult) =>
    calculateMutationTestMetrics(of).systemUnderTestMetrics.metrics.totalDetected;
  expect(detected(merged)).toBe(detected(OURS) + 1);
});

test('a timeout of another tool is unknown, and not detected', () => {
  const document = documentOf([{ ...ANOTHER, status: 'Timeout', statusReason: '5 s' }]);
  const { files } = mergeDocuments([ours, { prefix: 'stryker', document }]);
  expect(files[PATH]!.mutants.find(({ id }) => id === 'stryker/7')).toMatchObject({
    status: 'Survived',
    statusReason: 'unknown: timeout: 5 s',
  });
});

test('the same code is counted once, but not if ours edits more than that place', () => {
  const same = (id: string) => {
    const { location, replacement } = FILE.mutants.find((mutant) => mutant.id === id)!;
    return documentOf([{ ...ANOTHER, location, replacement: replacement! }]);
  };
  const merge = (document: MutationTestResult) =>
    idsOf(mergeDocuments([ours, { prefix: 'stryker', document }]));
  expect(merge(same('v3.17/install/no-sync.1'))).toEqual(idsOf(OURS));
  const several = FILE.mutants.filter(({ id }) => id === 'v3.17/history/single-increment');
  const alone = { prefix: '', document: documentOf(several) };
  const document = same('v3.17/history/single-increment');
  expect(idsOf(mergeDocuments([alone, { prefix: 'stryker', document }]))).toEqual([
    'stryker/7',
    'v3.17/history/single-increment',
  ]);
});

test('parts that contradict each other are refused', () => {
  const [first] = FILE.mutants as [MutantResult, ...MutantResult[]];
  const another = documentOf([{ ...first, status: 'Survived' }]);
  const merge = (document: MutationTestResult) => () =>
    mergeDocuments([ours, { prefix: '', document }]);
  expect(merge(another)).toThrow(UserError);
  expect(merge(another)).toThrow(`different things of ${first.id}`);
  expect(merge(documentOf([], 'another text'))).toThrow(/different texts of reference\/v3\.17/);
});
