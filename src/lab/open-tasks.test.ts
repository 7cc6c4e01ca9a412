// SPDX-License-Identifier: GPL-2.0-only
// Is a mutant that is done in parts judged as one that is done at once? And is anything done twice
// by a run that goes on behind another one?

import { expect, test } from 'vitest';
import type { EraName } from '#vocabulary';
import { reachOf } from './coverage.ts';
import type { AskedRecord } from './kept-echoes.ts';
import type { Ran } from './memo.ts';
import { type PartsHost, runInParts } from './open-tasks.ts';
import type { Answer, Pool } from './pool.ts';
import { portOf } from './ports.ts';
import { allMutants } from './registry.ts';
import { SCENARIOS } from './suites.ts';
import { runTask, type Task, type TaskResult } from './task.ts';
import { type Unit, unitName } from './unit.ts';
import { unitsOf } from './units.ts';
import { loadSystem } from './variants.ts';

/** Small, and each asks other code: slots, the fault path, the vCPU cache. */
const SMALL = [
  'memslots/a-slot-moved-away-is-gone.1v1u1f',
  'mmio-cache/a-created-slot-is-seen.1v1u2f',
];

function unitsIn(era: EraName, ids: readonly string[]): Unit[] {
  const scenarios = SCENARIOS.filter(({ id }) => ids.includes(id));
  return unitsOf(era, { scenarios, memoryModel: null, budgetStates: null });
}

/** Remembers nothing and is told nothing. */
const NOBODY: PartsHost = {
  asked: () => undefined,
  keep: () => {},
  onAnswer: () => {},
  onPart: () => {},
  onAsked: () => {},
};

/** A pool that works here. */
const HERE = {
  run: async (
    tasks: readonly Task[],
    told: (n: number, i: number, a: Answer<TaskResult>) => void,
  ) => {
    const answers: Answer<TaskResult>[] = [];
    for (const [i, task] of tasks.entries()) {
      const answer = { kind: 'done', result: await runTask(task, null) } as const;
      answers.push(answer);
      told?.(i + 1, i, answer);
    }
    return answers;
  },
} as unknown as Pool<Task, TaskResult>;

/** Holds each answer against the task done at once; returns the tasks of mutants that lived. */
async function sameAlone(
  tasks: readonly Task[],
  answers: readonly (Answer<TaskResult> | undefined)[],
): Promise<Task[]> {
  const living: Task[] = [];
  for (const [i, task] of tasks.entries()) {
    const { ran: _, ...whole } = await runTask(task, null, loadSystem);
    const answer = answers[i]!;
    const { ran: __, ...parts } = answer.kind === 'done' ? answer.result : { ran: [] };
    expect(parts, task.mutant!.id).toEqual(whole);
    if (whole.verdict?.kills.length === 0) living.push(task);
  }
  return living;
}

const BASE = { baseline: null, coverage: [], story: [], invariants: [], isComplete: false };

/** Every so many mutants that reach one of three units, in these three. */
async function someTasks(era: EraName): Promise<Task[]> {
  const base = { ...BASE, era };
  const units = unitsIn(era, [...SMALL, 'spte/fields-are-disjoint']).map((unit) => ({
    ...unitName(unit),
    budgetStates: null,
  }));
  const ports: TaskResult[] = [];
  for (const unit of units)
    ports.push(await runTask({ ...base, mutant: null, units: [unit] }, null));
  const baseline = ports.flatMap((result) => result.units);
  const coverage = ports.flatMap((result) => result.coverage);
  const all = await allMutants([era]);
  const mutants = all.filter((mutant, i) => {
    const isReached = reachOf(portOf(era), mutant);
    return i % 131 === 1 && coverage.some(isReached);
  });
  return mutants.map((mutant): Task => {
    return { ...base, units, baseline, coverage, mutant, isCompared: true };
  });
}

test('a task that is done in parts has the result of one that is done at once', async () => {
  const tasks = await someTasks('v3.17');
  let told = 0;
  const onAnswer = (done: number) => {
    told = done;
  };
  const answers = await runInParts(HERE, tasks, { ...NOBODY, onAnswer });
  expect(told).toBe(tasks.length);
  const living = await sameAlone(tasks, answers);
  // Of so few nobody is asked in larger units, and yet they are compared there.
  const few = living.slice(0, 2);
  expect(few).toHaveLength(2);
  await sameAlone(few, await runInParts(HERE, few, NOBODY));
});

/** Works until so many tasks are done. */
function ending(most: number, asked: (task: Task) => void): Pool<Task, TaskResult> {
  let left = most;
  return {
    run: (tasks: readonly Task[], told: (n: number, i: number, a: Answer<TaskResult>) => void) => {
      const own = tasks.slice(0, left);
      left -= own.length;
      for (const task of own) if (task.suspects !== undefined) asked(task);
      return HERE.run(own, told);
    },
  } as unknown as Pool<Task, TaskResult>;
}

test('a run that goes on behind another one asks no unit about a mutant twice', async () => {
  const tasks = await someTasks('v3.17');
  const whole = await runInParts(HERE, tasks, NOBODY);
  const records = new Map<string, AskedRecord>();
  const runs = new Map<number, readonly Ran[]>();
  const done = new Map<number, Answer<TaskResult>>();
  const pairs: string[] = [];
  const nameOf = (task: Task) => JSON.stringify([task.units, task.isObserved]);
  const told = (task: Task) => {
    for (const { edits } of task.suspects!) pairs.push(`${nameOf(task)} ${JSON.stringify(edits)}`);
  };
  // Ends among the first units, while units are asked, behind that, and not at all.
  for (const most of [5, tasks.length + 2, tasks.length + 4, 5 * tasks.length]) {
    const open = [...tasks.keys()].filter((at) => !done.has(at));
    const left = open.map((at) => ({ ...tasks[at]!, known: runs.get(at) ?? [] }));
    await runInParts(ending(most, told), left, {
      ...NOBODY,
      asked: (task) => records.get(nameOf(task)),
      keep: (task, record) => records.set(nameOf(task), record),
      onPart: (index, ran) => runs.set(open[index]!, [...left[index]!.known, ...ran]),
      onAnswer: (_, index, answer) => done.set(open[index]!, answer),
    });
  }
  expect(pairs.length).toBeGreaterThan(20);
  expect(new Set(pairs).size).toBe(pairs.length);
  const without = (answer: Answer<TaskResult> | undefined) =>
    answer?.kind === 'done' ? { ...answer.result, ran: [] } : answer;
  expect([...tasks.keys()].map((at) => without(done.get(at)))).toEqual(whole.map(without));
});

test('a sequence is asked about many; each has the result that it has alone', async () => {
  const era: EraName = 'v3.17';
  const [unit] = unitsIn(era, ['generation/every-install-makes-it-larger']);
  const units = [{ ...unitName(unit!), budgetStates: null }];
  const base = { ...BASE, era };
  const port = await runTask({ ...base, mutant: null, units }, null);
  const { units: baseline, coverage } = port;
  const left = (await allMutants([era])).filter(
    (mutant) => mutant.name === 'swap-neighbours' && coverage.some(reachOf(portOf(era), mutant)),
  );
  const tasks = left.slice(0, 24).map((mutant): Task => {
    return { ...base, units, baseline, coverage, mutant };
  });
  let asked = 0;
  const counting = {
    run: (some: readonly Task[], told: () => void) => {
      asked += some.filter(({ suspects }) => suspects !== undefined).length;
      return HERE.run(some, told);
    },
  } as unknown as Pool<Task, TaskResult>;
  const answers = await runInParts(counting, tasks, NOBODY);
  expect(asked).toBe(1);
  expect(await sameAlone(tasks, answers)).not.toHaveLength(0);
});
