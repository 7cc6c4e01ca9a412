// SPDX-License-Identifier: GPL-2.0-only
// Does a key know all that an answer is made from, and no more than needs be? On a copy of the
// sources, into which changes are written.

import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { closureOf, portTexts, Reader, ROOT } from './closure.ts';
import { Keys } from './keys.ts';
import { eraNames, portOf } from './ports.ts';
import { LARGER_SCENARIOS, SCENARIOS } from './suites.ts';
import type { Task } from './task.ts';
import type { UnitOrder } from './unit.ts';

const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const part of ['src', 'suites', 'mutants', 'reference', 'package.json']) {
  cpSync(new URL(part, ROOT), join(folder, part), { recursive: true });
}
const COPY = pathToFileURL(`${folder}/`);
const WORKER = 'src/cli/run-worker.ts';
const keysNow = () => new Keys(new URL(WORKER, COPY), COPY);

const unit = (scenario: string): UnitOrder => ({
  scenario,
  mmio: 'ept',
  memoryModel: 'sc',
  budgetStates: null,
});
const SCENARIO = 'spte/fields-are-disjoint';
const LARGER = LARGER_SCENARIOS[0]!.id;
const OTHER = 'mmio-cache/a-created-slot-is-seen.1v1u1f';
const TASK: Task = {
  era: 'v3.17',
  mutant: null,
  units: [unit(SCENARIO)],
  baseline: null,
  coverage: [],
  story: [],
  invariants: [],
  isComplete: false,
};

/** Which keys are others after the change of a file. */
function changedBy(path: string): string[] {
  const before = all();
  appendFileSync(join(folder, path), '// changed\n');
  const after = all();
  return Object.keys(before).filter((name) => before[name] !== after[name]);
}

function all(): Record<string, string> {
  const keys = keysNow();
  return {
    task: keys.task(TASK),
    'task of an older era': keys.task({ ...TASK, era: 'v3.16' }),
    'task of another scenario': keys.task({ ...TASK, units: [unit(OTHER)] }),
    unit: keys.unit(TASK, unit(SCENARIO)),
    asked: keys.asked(TASK),
    'asked in a larger unit': keys.asked({ ...TASK, units: [unit(LARGER)] }),
    corpus: keys.corpus('v3.17'),
  };
}

const ASKED = ['asked', 'asked in a larger unit'];
const TASKS = ['task', 'task of an older era', 'task of another scenario', 'unit', ...ASKED];

test.each([
  ['an engine', 'src/explorer/search.ts', TASKS],
  ['what a port stands on', 'src/linux/srcu.ts', [...TASKS, 'corpus']],
  ['what suites share', 'suites/oracle.ts', TASKS],
  ['an invariant', 'suites/invariants/progress.ts', TASKS],
  ['units in which ports are compared', 'suites/larger.ts', TASKS],
  ['sequences of that kind', 'suites/larger-sequence.ts', TASKS],
  ['a table', 'src/report/interleaving-table.ts', TASKS],
  ['a scenario', `suites/${SCENARIO}.ts`, ['task', 'task of an older era', 'unit', 'asked']],
  ['another scenario', 'suites/spte/gfn-and-access-come-back.ts', []],
  [
    'the port',
    'reference/systems/v3.17.ts',
    ['task', 'task of another scenario', 'unit', ...ASKED, 'corpus'],
  ],
  ['an operator', 'mutants/operators/no-sync.ts', ['corpus']],
  ['a regression', 'mutants/history/single-increment.ts', ['corpus']],
  ['the version of a package', 'package.json', [...TASKS, 'corpus']],
  ['a test', 'src/lab/keys.test.ts', []],
  ['a command', 'src/cli/list.ts', []],
])('a change of %s (%s) changes the keys of what it takes part in', (_, path, changed) => {
  expect(changedBy(path)).toEqual(changed);
});

test('every part of a task is in its key', () => {
  const edit = { file: 'a', start: 1, end: 2, original: 'a', replacement: 'b' };
  const mutant = { id: 'a', edits: [edit] } as unknown as Task['mutant'];
  const tasks: Task[] = [
    TASK,
    { ...TASK, mutant },
    { ...TASK, units: [unit(SCENARIO), unit(OTHER)] },
    { ...TASK, units: [{ ...unit(SCENARIO), mmio: 'shadow' }] },
    { ...TASK, units: [{ ...unit(SCENARIO), memoryModel: 'pso-release' }] },
    { ...TASK, units: [{ ...unit(SCENARIO), budgetStates: 5 }] },
    { ...TASK, baseline: [] },
    { ...TASK, coverage: [{ entered: new Uint8Array(1), entries: 0 }] },
    { ...TASK, story: ['progress'] },
    { ...TASK, own: ['area/claim'] },
    { ...TASK, invariants: ['progress'] },
    { ...TASK, isComplete: true },
  ];
  const keys = keysNow();
  expect(new Set(tasks.map((task) => keys.task(task))).size).toBe(tasks.length);
});

test('a unit is asked under one key, whoever it is asked about', () => {
  const keys = keysNow();
  const suspects = [{ era: 'v3.17', edits: [] }] as const;
  const tasks: Task[] = [
    TASK,
    { ...TASK, era: 'v3.16' },
    { ...TASK, units: [unit(OTHER)] },
    { ...TASK, units: [{ ...unit(SCENARIO), budgetStates: 5 }] },
    { ...TASK, isObserved: true },
  ];
  const all = tasks.map((task) => keys.asked(task));
  expect(new Set(all).size).toBe(tasks.length);
  const about: Task = { ...TASK, suspects };
  expect(keys.asked(about)).toBe(all[0]);
});

test('sources that are written after they were read are noticed', () => {
  const keys = keysNow();
  keys.task(TASK);
  expect(keys.isCurrent()).toBe(true);
  writeFileSync(join(folder, 'suites/oracle.ts'), '// shorter');
  expect(keys.isCurrent()).toBe(false);
});

/** Runs one task in a worker that says which modules it loaded. */
async function modulesOfWorker(): Promise<string[]> {
  const file = join(folder, 'worker.mjs');
  writeFileSync(
    file,
    `import { registerHooks } from 'node:module';
     import { parentPort } from 'node:worker_threads';
     const urls = [];
     registerHooks({
       load: (url, context, next) => {
         urls.push(url);
         return next(url, context);
       },
     });
     await import(${JSON.stringify(new URL(WORKER, ROOT).href)});
     parentPort.on('message', ({ isLast }) => {
       if (isLast) parentPort.postMessage({ urls });
     });`,
  );
  const worker = new Worker(file);
  const replies = new Promise<string[]>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', ({ urls, result, error }) => {
      if (urls !== undefined) resolve(urls as string[]);
      else if (result !== undefined) worker.postMessage({ index: 1, isLast: true, task: TASK });
      else reject(new Error(error.message));
    });
  });
  worker.postMessage({ index: 0, task: TASK });
  const urls = await replies;
  await worker.terminate();
  return urls;
}

test('every module that a worker loads is in a key', async () => {
  const urls = await modulesOfWorker();
  const ours = urls
    .filter((url) => url.startsWith(ROOT.href) && !url.includes('/node_modules/'))
    .map((url) => url.slice(ROOT.href.length).replace(/\?.*$/, ''));
  const reader = new Reader();
  const scenarios = SCENARIOS.map(({ id }) => `suites/${id.replace(/\..*$/, '')}.ts`);
  const invariants = reader.modulesIn('suites/invariants/');
  const entries = [WORKER, ...invariants, 'reference/systems/v3.17.ts', ...scenarios];
  const known = closureOf(entries, reader);
  expect(ours.length).toBeGreaterThan(100);
  expect(ours.filter((path) => !known.includes(path))).toEqual([]);
});

test.each(eraNames())('the files of %s are found without a parser', (era) => {
  const parsed = [...portOf(era).files.values()]
    .filter(({ isMutated }) => isMutated)
    .map(({ path, text }) => [path, text])
    .sort();
  expect([...portTexts(era)].sort()).toEqual(parsed);
});
