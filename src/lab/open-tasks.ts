// SPDX-License-Identifier: GPL-2.0-only
// What is left of a run when most mutants are dead? Those that lived through their first units. Of
// them it is asked, unit by unit, in which ones they do what the port does, so that only the others
// have to be run.

import type { Edited } from '#mutation/edits';
import type { EraName } from '#vocabulary';
import { largerUnits } from './compare.ts';
import { reachOf } from './coverage.ts';
import {
  type AskedRecord,
  echoesIn,
  type Keeper,
  merged,
  type Open,
  openOf,
} from './kept-echoes.ts';
import { echoOf, type UnitEcho } from './known-echoes.ts';
import type { Ran } from './memo.ts';
import type { Answer, Pool } from './pool.ts';
import { portOf } from './ports.ts';
import { mayBeCompared } from './settle.ts';
import { type Task, type TaskResult, unitOf } from './task.ts';
import { orderOf, type UnitOrder } from './unit.ts';

/** Who is told what becomes of tasks, and knows what became of earlier ones. */
export interface PartsHost extends Keeper {
  /** Told of each task once, when all of it is done. */
  readonly onAnswer: (done: number, index: number, answer: Answer<TaskResult>) => void;
  /** Told what was run of a task that is not done yet. */
  readonly onPart: (index: number, ran: readonly Ran[]) => void;
  /** Told how many of how many units were asked about those that are left. */
  readonly onAsked: (done: number, of: number) => void;
}

type Answers = readonly (Answer<TaskResult> | undefined)[];

/** True if a task can be done in two parts. */
function isDivisible({ mutant, baseline, isComplete }: Task): boolean {
  return mutant !== null && baseline !== null && !isComplete;
}

/**
 * As Pool.run(); tasks with mutants are first done as far as that is cheap. A signal leaves holes,
 * and what was found out until then was told.
 */
export async function runInParts(
  pool: Pool<Task, TaskResult>,
  tasks: readonly Task[],
  host: PartsHost,
): Promise<Answers> {
  let done = 0;
  const brief = tasks.map((task) => (isDivisible(task) ? { ...task, isBrief: true } : task));
  const answers = [
    ...(await pool.run(brief, (_, index, answer) => {
      if (isOpen(answer)) host.onPart(index, ranIn(answer));
      else host.onAnswer(++done, index, answer);
    })),
  ];
  const left = tasks.flatMap((task, index) => {
    const answer = answers[index];
    if (answer === undefined || !isOpen(answer)) return [];
    return [{ task: { ...task, known: [...(task.known ?? []), ...ranIn(answer)] }, index }];
  });
  if (left.length === 0) return answers;
  const open = left.map(({ task }) => task);
  const echoing = await withEchoes(pool, open, host);
  for (const { index } of left) answers[index] = undefined;
  await pool.run(echoing, (_, at, answer) => {
    const { index } = left[at]!;
    answers[index] = answer;
    host.onAnswer(++done, index, answer);
  });
  return answers;
}

function isOpen(answer: Answer<TaskResult>): boolean {
  return answer.kind === 'done' && answer.result.isOpen === true;
}

function ranIn(answer: Answer<TaskResult>): readonly Ran[] {
  return answer.kind === 'done' ? (answer.result.ran ?? []) : [];
}

/** The tasks, with what is known of each mutant in each unit. A signal leaves them as they are. */
async function withEchoes(
  pool: Pool<Task, TaskResult>,
  tasks: readonly Task[],
  host: PartsHost,
): Promise<readonly Task[]> {
  const asked = [...askedOf(tasks, host), ...askedInLarger(tasks, host)];
  const records = await recordsOf(pool, asked, host);
  const inLarger = new Set(asked.flatMap(({ isLarger, places }) => (isLarger ? places : [])));
  const echoes = tasks.map((_, place) => ({
    units: [] as UnitEcho[],
    larger: (inLarger.has(place) ? [] : null) as UnitEcho[] | null,
  }));
  asked.forEach(({ isLarger, places, open: { task } }, i) => {
    const unit = task.units[0]!;
    const record = records[i] ?? null;
    const found = record === null ? null : echoesIn(record, task);
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

/** What each unit says, or has said: null where nothing is known. */
async function recordsOf(
  pool: Pool<Task, TaskResult>,
  asked: readonly Asked[],
  host: PartsHost,
): Promise<readonly (AskedRecord | null)[]> {
  const records = asked.map(({ open }) => (open.left === null ? merged(open, null) : null));
  const left = [...asked.keys()].filter((at) => asked[at]!.open.left !== null);
  let done = asked.length - left.length;
  host.onAsked(done, asked.length);
  await pool.run(
    left.map((at) => asked[at]!.open.left!),
    (_, i, answer) => {
      const at = left[i]!;
      const { open } = asked[at]!;
      if (answer.kind === 'done') {
        const record = merged(open, answer.result.echoes!)!;
        records[at] = record;
        host.keep(open.task, record);
      }
      host.onAsked(++done, asked.length);
    },
  );
  return records;
}

interface Asked {
  readonly open: Open;
  readonly isLarger: boolean;
  /** Places of the tasks whose mutants it asks about. */
  readonly places: readonly number[];
}

/** To ask an exploration costs as much as to run about so many mutants. */
const FEW = 3;
/** To write down each call of a sequence costs as much as to run it so many times. */
const FEW_IN_SEQUENCE = 10;

/** One task for each unit of each era, about the mutants that it reaches. */
function askedOf(tasks: readonly Task[], keeper: Keeper): Asked[] {
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
      if (own.length === 0) return [];
      const isObserved = mayBeCompared(unitOf(unit), baseline![at]!, coverage[at]!);
      const open = openOf(asking(era, unit, mutantsAt(tasks, own), isObserved), keeper);
      const isWorthIt = own.length >= (isSequence ? FEW_IN_SEQUENCE : FEW);
      return open.left === null || isWorthIt ? [{ open, isLarger: false, places: own }] : [];
    });
  });
}

/** One task for each larger unit of each era, about all mutants that may be compared there. */
function askedInLarger(tasks: readonly Task[], keeper: Keeper): Asked[] {
  const compared = [...tasks.keys()].filter((place) => tasks[place]!.isCompared === true);
  const ofEras = Map.groupBy(compared, (place) => tasks[place]!.era);
  return [...ofEras].flatMap(([era, places]) => {
    const all = largerUnits(era).map((unit): Asked => {
      const task = asking(era, orderOf(unit), mutantsAt(tasks, places), true);
      return { open: openOf(task, keeper), isLarger: true, places };
    });
    // Of fewer their workers find out by themselves.
    const isKnown = all.every(({ open }) => open.left === null);
    return isKnown || places.length >= FEW ? all : [];
  });
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
