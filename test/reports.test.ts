// SPDX-License-Identifier: GPL-2.0-only
// Do the reports of a real run hold what they promise? One small run is made, and its files are
// read as others would read them.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { calculateMutationTestMetrics } from 'mutation-testing-metrics';
import type { MutantResult, MutationTestResult } from 'mutation-testing-report-schema/api';
import { afterAll, expect, test } from 'vitest';
import { SCENARIOS } from '#lab/suites';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-reports-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SCENARIO = 'mmio-cache/a-created-slot-is-seen.1v1u1f';
const CHOSEN = `${SCENARIO},spte/fields-are-disjoint`;
const CHOICE = ['run', '--era', 'v3.17', '--family', 'order', '--scenario', CHOSEN];
const FILES = ['junit.xml', 'mutation.html', 'mutation.json', 'mutation.ktap', 'mutation.md'];

const isThere = (file: string) => existsSync(join(folder, 'reports', file));
const textOf = (file: string) => readFileSync(join(folder, 'reports', file), 'utf8');

function run(...args: string[]): string {
  const entry = join(ROOT, 'src/cli/kvm-mutants.js');
  const { stdout } = spawnSync(process.execPath, [entry, ...CHOICE, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return stdout;
}

const printed = run();

test('a run writes every format, and names them', () => {
  for (const file of FILES) {
    expect(isThere(file)).toBe(true);
    expect(printed).toContain(`reports/${file}`);
  }
});

test('the document is valid, and its score is the one that is printed', () => {
  const { resolve } = createRequire(import.meta.url);
  const schema = resolve('mutation-testing-report-schema/mutation-testing-report-schema.json');
  const options = { strict: false, allErrors: true, formats: { uri: true } } as const;
  const isValid = new Ajv(options).compile(JSON.parse(readFileSync(schema, 'utf8')));
  const document = JSON.parse(textOf('mutation.json')) as MutationTestResult;
  expect(isValid(document) ? [] : isValid.errors).toEqual([]);
  const { metrics } = calculateMutationTestMetrics(document).systemUnderTestMetrics;
  expect(printed).toContain(`: ${metrics.totalDetected} of ${metrics.totalValid} (`);
  expect(metrics.totalDetected).toBeGreaterThan(0);
});

test('every mutant that has a verdict is in the document, once', () => {
  const { files } = JSON.parse(textOf('mutation.json')) as MutationTestResult;
  const ids = Object.values(files).flatMap(({ mutants }) => mutants.map(({ id }) => id));
  const { verdicts } = JSON.parse(textOf('verdicts.json')) as { verdicts: { id: string }[] };
  expect(ids.sort()).toEqual(verdicts.map(({ id }) => id).sort());
});

test('the seed bug comes with its whole diff and with the interleaving that shows it', () => {
  const { files } = JSON.parse(textOf('mutation.json')) as MutationTestResult;
  const mutants: MutantResult[] = Object.values(files).flatMap((file) => file.mutants);
  const seed = mutants.find(({ id }) => id === 'v3.17/history/single-increment')!;
  const table = textOf('tables/v3.17_history_single-increment.txt').trimEnd();
  expect(seed.statusReason).toContain(table);
  expect(seed.killedBy).toContain(SCENARIO);
  expect(seed.description).toContain('-  slots.generation++;');
  expect(textOf('junit.xml')).toContain('<testcase name="v3.17/history/single-increment"');
  expect(textOf('mutation.ktap')).toMatch(/^ {2}ok \d+ v3\.17\/history\/single-increment$/m);
  expect(textOf('mutation.md')).toContain('| ok | `v3.17/history/single-increment` | ee3d1570b586');
});

test('no report names this machine', () => {
  const texts = [...FILES, 'verdicts.json', 'matrix.txt'].map(textOf);
  for (const path of [ROOT, folder, homedir()]) {
    expect(texts.filter((text) => text.includes(path))).toEqual([]);
  }
});

test('every scenario stands in the file that the document names', () => {
  const paths = SCENARIOS.map(({ id }) => `suites/${id.replace(/\..*$/, '')}.ts`);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('with --report only those formats are left, from whatever run they were', () => {
  run('--report', 'ktap,junit', '--budget-states', '5');
  expect(FILES.filter(isThere)).toEqual(['junit.xml', 'mutation.ktap']);
  expect(isThere('tables/v3.17_history_single-increment.txt')).toBe(false);
  expect(textOf('mutation.ktap')).toContain('not ok 1 baseline');
  expect(textOf('junit.xml')).toContain('<error type="void" message="void: ');
});
