// SPDX-License-Identifier: GPL-2.0-only
// What does a run make of what its workers answer? Of a worker that ran out of memory too.

import type { Mutant } from '#mutation/mutant';
import type { Answer } from './pool.ts';
import type { MutantRun } from './run.ts';
import type { Task, TaskResult } from './task.ts';
import { emptyResult } from './unit.ts';
import { verdictOf } from './verdict.ts';

/** The result of a task without a mutant. Throws if there is none. */
export function resultOf(answer: Answer<TaskResult>): TaskResult {
  if (answer.kind === 'done') return answer.result;
  throw new Error('a worker ran out of memory before any mutant was run');
}

/** What was done with a mutant. If there was too little memory, that is nothing. */
export function mutantRun(
  task: Task & { readonly mutant: Mutant },
  answer: Answer<TaskResult>,
): MutantRun {
  const { mutant } = task;
  if (answer.kind === 'done') {
    const { units, verdict, story, witness } = answer.result;
    const spared = task.units.length - units.length;
    return { mutant, units, spared, verdict: verdict!, story, witness };
  }
  const units = task.units.map((unit) =>
    emptyResult(unit, { isComplete: false, reason: 'a worker ran out of memory' }),
  );
  const verdict = verdictOf(mutant, units, task.baseline!);
  return { mutant, units, spared: 0, verdict, story: null, witness: null };
}
