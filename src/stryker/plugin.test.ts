// SPDX-License-Identifier: GPL-2.0-only
// Does Stryker get from our runner what it asks for? It is asked here as Stryker asks it, in a
// folder with instrumented files.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Mutant } from '@stryker-mutator/api/core';
import {
  type CompleteDryRunResult,
  type KilledMutantRunResult,
  type MutantRunOptions,
  TestStatus,
} from '@stryker-mutator/api/test-runner';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { afterAll, expect, test } from 'vitest';
import { portOf } from '#lab/ports';
import { SILENT } from '#mutation/syntactic/instrument';
import { KvmTypeChecker } from './checker.ts';
import { strykerPlugins, strykerValidationSchema } from './plugin.ts';
import { KvmTestRunner } from './runner.ts';

const ERA = 'v3.17';
const EDITED = 'v3.17/virt/kvm/kvm_main.ts';
const SCENARIO = 'mmio-cache/a-created-slot-is-seen.1v1u2f';
const KVM = { eras: [ERA], scenarios: [SCENARIO] } as const;

const sandbox = mkdtempSync(join(tmpdir(), 'kvm-mutants-stryker-'));
afterAll(() => rmSync(sandbox, { recursive: true }));

const files = [...portOf(ERA).files.values()].map(({ path, text }) => ({
  name: join(sandbox, 'reference', path),
  content: text,
  mutate: path === EDITED,
}));
const options = { ignorers: [], excludedMutations: [], plugins: null };
const instrumented = await new Instrumenter(SILENT).instrument(files, options);
for (const { name, content } of instrumented.files) {
  mkdirSync(dirname(name), { recursive: true });
  writeFileSync(name, content);
}

const runner = new KvmTestRunner(KVM, sandbox);
const dryRun = (await runner.dryRun()) as CompleteDryRunResult;

const mutantWith = (mutator: string, original: string): Mutant => {
  const lines = portOf(ERA).files.get(EDITED)!.text.split('\n');
  const found = instrumented.mutants.find(
    ({ mutatorName, location: { start } }) =>
      mutatorName === mutator && lines[start.line]!.slice(start.column).startsWith(original),
  );
  if (found === undefined) throw new Error(`no ${mutator} at ${original}`);
  return found as Mutant;
};
const run = (activeMutant: Mutant) =>
  new KvmTestRunner(KVM, sandbox).mutantRun({
    activeMutant,
    disableBail: false,
  } as MutantRunOptions);

test('the plugin has a runner, a checker and an ignorer of one name', () => {
  expect(strykerPlugins.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'TestRunner kvm',
    'Checker kvm',
    'Ignore kvm',
  ]);
  expect(Object.keys(strykerValidationSchema.properties)).toEqual(['kvm']);
});

test('a dry run has one test for each unit, and knows which mutants it comes by', () => {
  expect(dryRun.tests.map(({ id, status }) => [id, status])).toEqual([
    [`v3.17 ${SCENARIO} ept sc`, TestStatus.Success],
    [`v3.17 ${SCENARIO} shadow sc`, TestStatus.Success],
  ]);
  const { perTest } = dryRun.mutantCoverage!;
  const { id } = mutantWith('CallExpression', 'synchronize_srcu_expedited(');
  for (const test of dryRun.tests) expect(Object.keys(perTest[test.id]!)).toContain(id);
});

test('a mutant without its grace period is killed, and the interleaving is told', async () => {
  const result = (await run(
    mutantWith('CallExpression', 'synchronize_srcu_expedited('),
  )) as KilledMutantRunResult;
  expect(result.status).toBe('killed');
  expect(result.failureMessage).toMatch(/^invariant \S+\n\nv3\.17\/install_new_memslots\/stryker-/);
  expect(result.failureMessage).toContain(' kvm->memslots := memslots 1');
  expect(result.failureMessage).toMatch(/^replay: /m);
});

test('a mutant that changes nothing that the scenario does survives', async () => {
  const result = await run(mutantWith('ConditionalExpression', 's1.npages > s2.npages'));
  expect(result.status).toBe('survived');
});

test('the checker refuses a check for null that is left out, and nothing else', async () => {
  const refused = mutantWith('ConditionalExpression', 'new_ !== null');
  const passed = mutantWith('CallExpression', 'synchronize_srcu_expedited(');
  const results = await new KvmTypeChecker(KVM).check([refused, passed]);
  expect(results[refused.id]).toMatchObject({ status: 'compileError' });
  expect(results[passed.id]).toEqual({ status: 'passed' });
});
