// SPDX-License-Identifier: GPL-2.0-only
// What is left of a run when most mutants are dead? Those that lived through their first units. Of
// them it is asked, unit by unit, in which ones they do what the port does, so that only the others
// have to be run.

import type { Edited } from '#mutation/edits';
import { reachOf } from './coverage.ts';
import type { Ran } from './memo.ts';
import type { Answer, Pool } from './pool.ts';
import { portOf } from './ports.ts';
import { mayBeCompared } from './settle.ts';
import { type Task, type TaskResult, unitOf } from './task.ts';

type Answers = readonly (Answer<TaskResult> | undefined)[];

/** True if a task can be done in two parts. */
function isDivisible({ mutant, baseline, isComplete }: Task): boolean {
  return mutant !== null && baseline !== null && !isComplete;
}

/**
 * As Pool.run(); tasks with mutants are first done as far as that is cheap. `onAnswer` is told of
 * each task once.
 */
export async function runInParts(
  pool: Pool<Task, TaskResult>,
  tasks: readonly Task[],
  onAnswer: (done: number, index: number, answer: Answer<TaskResult>) => void,
): Promise<Answers> {
  let done = 0;
  const brief = tasks.map((task) => (isDivisible(task) ? { ...task, isBrief: true } : task));
  const answers = [
    ...(await pool.run(brief, (_, index, answer) => {
      if (!isOpen(answer)) onAnswer(++done, index, answer);
    })),
  ];
  const left = tasks.flatMap((task, index) => {
    const answer = answers[index];
    if (answer === undefined || !isOpen(answer)) return [];
    const before = answer.kind === 'done' ? (answer.result.ran ?? []) : [];
    const known = [...(task.known ?? []), ...before];
    return [{ task: { ...task, known }, index, before }];
  });
  if (left.length === 0) return answers;
  const echoing = await withEchoes(
    pool,
    left.map(({ task }) => task),
  );
  for (const { index } of left) answers[index] = undefined;
  await pool.run(echoing, (_, at, answer) => {
    const { index, before } = left[at]!;
    answers[index] = withRuns(before, answer);
    onAnswer(++done, index, answers[index]);
  });
  return answers;
}

function isOpen(answer: Answer<TaskResult>): boolean {
  return answer.kind === 'done' && answer.result.isOpen === true;
}

/** The answer, with what an earlier part has run. */
function withRuns(before: readonly Ran[], answer: Answer<TaskResult>): Answer<TaskResult> {
  if (answer.kind !== 'done') return answer;
  const { result } = answer;
  return { kind: 'done', result: { ...result, ran: [...before, ...(result.ran ?? [])] } };
}

/** The tasks, with what is known of each mutant in each unit. A signal leaves them as they are. */
async function withEchoes(
  pool: Pool<Task, TaskResult>,
  tasks: readonly Task[],
): Promise<readonly Task[]> {
  const echoes = tasks.map(({ units }) => new Uint8Array(units.length));
  const asked = askedOf(tasks);
  const answers = await pool.run(asked.map(({ task }) => task));
  answers.forEach((answer, i) => {
    if (answer?.kind !== 'done') return;
    const { unit, places } = asked[i]!;
    places.forEach((place, at) => {
      echoes[place]![unit] = answer.result.echoes![at]!;
    });
  });
  return tasks.map((task, place) => ({ ...task, echoes: echoes[place]! }));
}

interface Asked {
  readonly task: Task;
  /** The place of its unit among those of its era. */
  readonly unit: number;
  /** Places of the tasks whose mutants it asks about. */
  readonly places: readonly number[];
}

/** To ask costs as much as to run about so many mutants. */
const FEW = 3;

/** One task for each unit of each era, about the mutants that it reaches. */
function askedOf(tasks: readonly Task[]): Asked[] {
  const ofEras = Map.groupBy(tasks.keys(), (place) => tasks[place]!.era);
  return [...ofEras].flatMap(([era, places]) => {
    const { units, baseline, coverage } = tasks[places[0]!]!;
    const reached = places.map((place) => {
      const isReached = reachOf(portOf(era), tasks[place]!.mutant!);
      return coverage.map(isReached);
    });
    return units.flatMap((unit, at): Asked[] => {
      if (unitOf(unit).scenario.kind === 'sequential') return [];
      const own = places.filter((_, i) => reached[i]![at]);
      if (own.length < FEW) return [];
      const suspects = own.map((place): Edited => {
        const { edits } = tasks[place]!.mutant!;
        return { era, edits };
      });
      const nothing = { mutant: null, baseline: null, coverage: [], story: [], invariants: [] };
      const isObserved = mayBeCompared(unitOf(unit), baseline![at]!, coverage[at]!);
      const task = { ...nothing, era, units: [unit], isComplete: false, suspects, isObserved };
      return [{ task, unit: at, places: own }];
    });
  });
}
