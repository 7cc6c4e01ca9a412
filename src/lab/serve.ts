// SPDX-License-Identifier: GPL-2.0-only
// What does a worker of the pool do? Answers each task with its result, one after the other.

import { getHeapStatistics } from 'node:v8';
import { parentPort } from 'node:worker_threads';

/** Modules stay for the life of a worker. With so much in use it asks to be replaced, in bytes. */
const FULL = 300 * 2 ** 20;

/** Makes this thread a worker of a pool. */
export function serve<T, R>(run: (task: T) => Promise<R>): void {
  if (parentPort === null) throw new Error('this module runs in a worker only');
  const port = parentPort;
  port.on('message', async ({ index, task }: { index: number; task: T }) => {
    try {
      const result = await run(task);
      port.postMessage({ index, result, isFull: getHeapStatistics().used_heap_size > FULL });
    } catch (error) {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      port.postMessage({ index, error: { name, message, stack } });
    }
  });
}
