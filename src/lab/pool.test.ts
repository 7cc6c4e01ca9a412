// SPDX-License-Identifier: GPL-2.0-only
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { type Answer, Pool } from './pool.ts';

const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-pool-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'worker.mjs');
writeFileSync(
  file,
  `import { serve } from ${JSON.stringify(import.meta.resolve('./serve.ts'))};
   const kept = [];
   const keep = (megabytes) => {
     const small = () => Array.from({ length: 1 << 13 }, (_, i) => [i, i, i, i]);
     kept.push(Array.from({ length: megabytes }, small));
   };
   serve(async (task) => {
     if (task === 'keep') keep(150);
     if (task === 'burst') for (;;) keep(50);
     if (typeof task === 'string' && task !== 'fail' && task !== 'hang') return kept.length;
     if (task === 'fail') throw new TypeError('cannot');
     if (task === 'hang') await new Promise(() => setInterval(() => {}, 1000));
     return task * task;
   });`,
);

type Task = number | 'fail' | 'hang' | 'keep' | 'burst';

async function withPool<T>(
  workers: number,
  signal: AbortSignal | null,
  use: (pool: Pool<Task, number>) => Promise<T>,
): Promise<T> {
  const pool = new Pool<Task, number>(pathToFileURL(file), workers, signal);
  try {
    return await use(pool);
  } finally {
    await pool.close();
  }
}

const results = (answers: readonly (Answer<number> | undefined)[]) =>
  answers.map((answer) => (answer?.kind === 'done' ? answer.result : null));

test.each([1, 2, 5])('results stand in the order of tasks with %i workers', async (workers) => {
  const tasks = [5, 4, 3, 2, 1, 0];
  const counts: number[] = [];
  const answers = await withPool(workers, null, (pool) => pool.run(tasks, (n) => counts.push(n)));
  expect(results(answers)).toEqual([25, 16, 9, 4, 1, 0]);
  expect(counts).toEqual([1, 2, 3, 4, 5, 6]);
});

test('workers are kept from one list to the next', async () => {
  await withPool(2, null, async (pool) => {
    expect(results(await pool.run([1, 2, 3]))).toEqual([1, 4, 9]);
    expect(results(await pool.run([]))).toEqual([]);
    expect(results(await pool.run([6]))).toEqual([36]);
  });
});

test('an error of a task is the error of the list, with its name', async () => {
  const run = withPool(2, null, (pool) => pool.run([1, 'fail', 2]));
  await expect(run).rejects.toMatchObject({ name: 'TypeError', message: 'cannot' });
});

test('a signal stops the work and keeps what was done', async () => {
  const stop = new AbortController();
  const answers = await withPool(1, stop.signal, (pool) =>
    pool.run([1, 2, 'hang', 3], (done) => {
      if (done === 2) stop.abort();
    }),
  );
  expect(results(answers)).toEqual([1, 4, null, null]);
  const later = await withPool(1, stop.signal, (pool) => pool.run([1]));
  expect(results(later)).toEqual([null]);
});

test('a task that earlier ones have left no memory for is done by another worker', async () => {
  const tasks: Task[] = ['keep', 'keep', 'keep', 'keep', 'keep', 2];
  const found = results(await withPool(1, null, (pool) => pool.run(tasks)));
  expect(found.at(-1)).toBe(4);
  expect(found).not.toContain(null);
  // Who counts from one again is a new worker.
  expect(found.slice(0, -1).filter((kept) => kept === 1).length).toBeGreaterThan(1);
});

test('a task that no worker has memory for is answered so, and others are done', async () => {
  const answers = await withPool(1, null, (pool) => pool.run([1, 'burst', 2]));
  expect(answers.map((answer) => answer?.kind)).toEqual(['done', 'out-of-memory', 'done']);
});
