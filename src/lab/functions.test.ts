// SPDX-License-Identifier: GPL-2.0-only
// Are only the mutants run of the functions that are named, and is it said at once if there are
// none?

import { expect, test } from 'vitest';
import { NO_CACHE } from './cache.ts';
import { type RunChoice, type RunResult, runLab } from './run.ts';
import { SCENARIOS } from './suites.ts';

const CHOICE: RunChoice = {
  eras: ['v3.17'],
  scenarios: SCENARIOS.filter(({ id }) => id === 'mmio-cache/a-created-slot-is-seen.1v1u1f'),
  invariants: [],
  memoryModel: null,
  budgetStates: null,
  isWhole: false,
  isComplete: false,
  families: ['order', 'gen'],
  functions: ['install_new_memslots'],
  withSyntactic: false,
  withPairs: false,
  shard: null,
};

const told: string[] = [];
const lab = (choice: RunChoice): Promise<RunResult> =>
  runLab(choice, {
    entry: new URL('../cli/run-worker.ts', import.meta.url),
    workers: 1,
    signal: null,
    cache: NO_CACHE,
    onProgress: (done, of, what) => told.push(`${done} of ${of} ${what}`),
  });

test('only mutants of the functions that are named are run, regressions among them', async () => {
  const { mutants, problems } = await lab(CHOICE);
  expect(problems).toEqual([]);
  expect(new Set(mutants.map(({ mutant }) => mutant.function))).toEqual(
    new Set(['install_new_memslots']),
  );
  const kinds = new Set(mutants.map(({ mutant }) => mutant.kind));
  expect(kinds).toContain('operator');
  expect(kinds).toContain('regression');
}, 120_000);

test('where there is none it is said before anything is run', async () => {
  told.length = 0;
  const none = lab({ ...CHOICE, functions: ['rsvd_bits'] });
  await expect(none).rejects.toThrow(
    'no operator of the chosen families makes a mutant of rsvd_bits in v3.17',
  );
  expect(told).toEqual([]);
});
