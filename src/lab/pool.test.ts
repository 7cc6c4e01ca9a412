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
   serve(async (task) => {
     if (task === 'fail') throw new TypeError('cannot');
     if (task === 'fill') { while (true) kept.push(new Array(1e5).fill({})); }
     if (task === 'keep') {
       kept.push(...Array.from({ length: 310 }, () => new Array(131072).fill(0)));
     }
     if (task === 'kept') return kept.length;
     if (task === 'hang') await new Promise(() => setInterval(() => {}, 1000));
     return task * task;
   });`,
);

type Task = number | 'fail' | 'hang' | 'fill' | 'keep' | 'kept';

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

test('a worker that keeps too much is replaced', async () => {
  await withPool(1, null, async (pool) => {
    const [, kept] = await pool.run(['keep', 'kept', 2]);
    expect(kept).toEqual({ kind: 'done', result: 0 });
  });
});

test('who runs out of memory is tried again alone, and then given up', async () => {
  const answers = await withPool(1, null, (pool) => pool.run([1, 'fill', 2]));
  expect(answers.map((answer) => answer?.kind)).toEqual(['done', 'out-of-memory', 'done']);
  const alone = await withPool(1, null, (pool) => pool.run(['fill']));
  expect(alone).toEqual([{ kind: 'out-of-memory' }]);
});
