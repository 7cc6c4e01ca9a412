// SPDX-License-Identifier: GPL-2.0-only
// What is left of a run when most mutants are dead? Those that lived through their first units. Of
// them it is asked, unit by unit, in which ones they do what the port does, so that only the others
// have to be run.

import type { Edited } from '#mutation/edits';
import type { EraName } from '#vocabulary';
import { largerUnits } from './compare.ts';
import { reachOf } from './coverage.ts';
import { echoOf, type UnitEcho } from './known-echoes.ts';
import type { Ran } from './memo.ts';
import type { Answer, Pool } from './pool.ts';
import { portOf } from './ports.ts';
import { mayBeCompared } from './settle.ts';
import { type Task, type TaskResult, unitOf } from './task.ts';
import { orderOf, type UnitOrder } from './unit.ts';

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
  const asked = [...askedOf(tasks), ...askedInLarger(tasks)];
  const answers = await pool.run(asked.map(({ task }) => task));
  const inLarger = new Set(asked.flatMap(({ isLarger, places }) => (isLarger ? places : [])));
  const echoes = tasks.map((_, place) => ({
    units: [] as UnitEcho[],
    larger: (inLarger.has(place) ? [] : null) as UnitEcho[] | null,
  }));
  answers.forEach((answer, i) => {
    const { isLarger, places, task } = asked[i]!;
    const unit = task.units[0]!;
    const found = answer?.kind === 'done' ? answer.result.echoes! : null;
    places.forEach((place, at) => {
      const known = echoes[place]!;
      if (found === null) {
        if (isLarger) known.larger = null;
        return;
      }
      const echo = echoOf(unit, found.isEcho[at] === 1, found.seen);
      if (!isLarger) known.units.push(echo);
      else if (found.isReached[at] === 1) known.larger?.push(echo);
    });
  });
  return tasks.map((task, place) => ({ ...task, echoes: echoes[place]! }));
}

interface Asked {
  readonly task: Task;
  readonly isLarger: boolean;
  /** Places of the tasks whose mutants it asks about. */
  readonly places: readonly number[];
}

/** To ask an exploration costs as much as to run about so many mutants. */
const FEW = 3;
/** To write down each call of a sequence costs as much as to run it so many times. */
const FEW_IN_SEQUENCE = 10;

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
      const own = places.filter((_, i) => reached[i]![at]);
      const isSequence = unitOf(unit).scenario.kind === 'sequential';
      if (own.length < (isSequence ? FEW_IN_SEQUENCE : FEW)) return [];
      const isObserved = mayBeCompared(unitOf(unit), baseline![at]!, coverage[at]!);
      const task = asking(era, unit, mutantsAt(tasks, own), isObserved);
      return [{ task, isLarger: false, places: own }];
    });
  });
}

/** One task for each larger unit of each era, about all mutants that may be compared there. */
function askedInLarger(tasks: readonly Task[]): Asked[] {
  const compared = [...tasks.keys()].filter((place) => tasks[place]!.isCompared === true);
  const ofEras = Map.groupBy(compared, (place) => tasks[place]!.era);
  // Of fewer their workers find out by themselves.
  const many = [...ofEras].filter(([, places]) => places.length >= FEW);
  return many.flatMap(([era, places]) =>
    largerUnits(era).map((unit): Asked => {
      const task = asking(era, orderOf(unit), mutantsAt(tasks, places), true);
      return { task, isLarger: true, places };
    }),
  );
}

function mutantsAt(tasks: readonly Task[], places: readonly number[]): Edited[] {
  return places.map((place) => {
    const { era, edits } = tasks[place]!.mutant!;
    return { era, edits };
  });
}

function asking(
  era: EraName,
  unit: UnitOrder,
  suspects: readonly Edited[],
  isObserved: boolean,
): Task {
  const nothing = { mutant: null, baseline: null, coverage: [], story: [], invariants: [] };
  return { ...nothing, era, units: [unit], isComplete: false, suspects, isObserved };
}
