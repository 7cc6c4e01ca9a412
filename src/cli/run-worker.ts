// SPDX-License-Identifier: GPL-2.0-only
// What runs in a worker thread of `run`? The lab's task, with tables drawn as the command prints
// them.

import { serve } from '#lab/serve';
import { runTask, type Task } from '#lab/task';
import { tableOf } from '../report/story-table.ts';

serve((task: Task) =>
  runTask(task, (loaded, unit, told) => tableOf(loaded, unit, told, task.story, false)),
);
