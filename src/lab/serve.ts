// SPDX-License-Identifier: GPL-2.0-only
// What does a worker of the pool do? Answers each task with its result, one after the other.

import { parentPort } from 'node:worker_threads';

/** Makes this thread a worker of a pool. */
export function serve<T, R>(run: (task: T) => Promise<R>): void {
  if (parentPort === null) throw new Error('this module runs in a worker only');
  const port = parentPort;
  port.on('message', async ({ index, task }: { index: number; task: T }) => {
    try {
      port.postMessage({ index, result: await run(task) });
    } catch (error) {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      port.postMessage({ index, error: { name, message, stack } });
    }
  });
}
