// SPDX-License-Identifier: GPL-2.0-only
// What runs in a worker thread of `check` and of `mutate`? Tasks on the trees that the thread was
// given, with tables drawn as the commands print them.

import { workerData } from 'node:worker_threads';
import { serve } from '#lab/serve';
import { type TreeTask, TreeWorker, type TreeWorkerData } from '#lab/tree/tree-task';
import { loadParser } from '../c/text/ast.ts';
import { tableOf } from '../report/story-table.ts';

const worker = new TreeWorker(
  await loadParser(),
  workerData as TreeWorkerData,
  (loaded, unit, told) => tableOf(loaded, unit, told, [], false),
);

serve((task: TreeTask) => worker.run(task));
