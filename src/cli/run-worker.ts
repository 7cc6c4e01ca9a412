// SPDX-License-Identifier: GPL-2.0-only
// What runs in a worker thread of `run`? The lab's task, with tables drawn as the command prints
// them.

import { serve } from '#lab/serve';
import { type Draw, runTask, type Task } from '#lab/task';
import { tableOf } from '../report/story-table.ts';

serve((task: Task) => {
  const draw: Draw = (loaded, unit, told) => tableOf(loaded, unit, told, task.story, false);
  // There are many of these, and few are ever looked at: `replay` draws the table of one.
  return runTask(task, task.mutant?.kind === 'syntactic' ? null : draw);
});
