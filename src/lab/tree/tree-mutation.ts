// SPDX-License-Identifier: GPL-2.0-only
// Do the suites notice the mutants of a tree's C? First the tree as it stands, which tells what
// every unit runs of it; then, for each function that is mutated, a canary that must crash; then
// every mutant in the units that run its line.

import type { Mutant } from '#mutation/mutant';
import type { LoadedTree } from '../../c/load.ts';
import type { MutantRun } from '../run.ts';
import { emptyResult, orderOf, unitName } from '../unit.ts';
import { NOT_REACHED, verdictOf } from '../verdict.ts';
import { canaryOf } from './c-canary.ts';
import type { TreeMutant, TreeMutants } from './c-mutants.ts';
import type { TreePool } from './tree-pool.ts';
import { type ReachedRun, runTreeIn, type TreeChoice } from './tree-run.ts';
import type { CMutantAnswer, CMutantTask } from './tree-task.ts';

export interface TreeMutation {
  readonly baseline: ReachedRun;
  /** In the order of the mutants; those that an interruption left over are missing. */
  readonly mutants: readonly MutantRun[];
  /** Why nothing of it may be believed; empty for a sound run. */
  readonly problems: readonly string[];
  readonly isInterrupted: boolean;
}

/** Told what is done: `units of the tree`, `canaries`, `mutants`. */
export type OnPart = (what: string, done: number, of: number) => void;

/** Runs mutants of the tree that the pool has as its `number`. */
export async function runTreeMutants(
  pool: TreePool,
  number: number,
  tree: LoadedTree,
  { mutants }: TreeMutants,
  choice: TreeChoice,
  onPart: OnPart,
): Promise<TreeMutation> {
  const told = (what: string) => (done: number, of: number) => onPart(what, done, of);
  const baseline = await runTreeIn(pool, number, tree, choice, told('units of the tree'), true);
  const nothing = { baseline, mutants: [], problems: [] };
  if (baseline.isCut) return { ...nothing, isInterrupted: true };
  const reach = new Reach(baseline);
  if (reach.isEmpty) {
    return { ...nothing, problems: ['no unit of the tree has an answer'], isInterrupted: false };
  }
  const functions = [...new Set(mutants.map(({ mutant }) => mutant.function))];
  const canaries = functions.flatMap((name) => canaryTask(tree, number, name, reach) ?? []);
  const dead = await pool.run<CMutantAnswer>(canaries, (done) =>
    onPart('canaries', done, canaries.length),
  );
  if (dead.includes(undefined)) return { ...nothing, isInterrupted: true };
  const problems = canaries.flatMap(({ mutant }, i) =>
    dead[i]?.verdict.verdict === 'killed'
      ? []
      : [`BUG() in the first line of ${mutant.function}() is not noticed: its mutants are not run`],
  );
  if (problems.length > 0) return { ...nothing, problems, isInterrupted: false };
  return { baseline, problems, ...(await runAll(pool, number, mutants, reach, told('mutants'))) };
}

async function runAll(
  pool: TreePool,
  number: number,
  mutants: readonly TreeMutant[],
  reach: Reach,
  onMutant: (done: number, of: number) => void,
): Promise<Pick<TreeMutation, 'mutants' | 'isInterrupted'>> {
  const tasks = mutants.flatMap((one): CMutantTask[] => {
    const places = reach.of(`${one.mutant.file}:${one.statementLine}`);
    return places.length === 0 ? [] : [reach.task(number, one.mutant, places)];
  });
  const answers = await pool.run<CMutantAnswer>(tasks, (done) => onMutant(done, tasks.length));
  const runs = new Map<Mutant, MutantRun>();
  tasks.forEach((task, i) => {
    const answer = answers[i];
    if (answer !== undefined) runs.set(task.mutant, runOf(task, answer));
  });
  const isReached = new Set(tasks.map(({ mutant }) => mutant));
  const all = mutants.flatMap(({ mutant }): MutantRun[] => {
    const run = isReached.has(mutant) ? runs.get(mutant) : unreached(mutant);
    return run === undefined ? [] : [run];
  });
  return { mutants: all, isInterrupted: answers.includes(undefined) };
}

function runOf(task: CMutantTask, answer: CMutantAnswer | null): MutantRun {
  const { mutant, units, baseline } = task;
  if (answer !== null) return { mutant, spared: units.length - answer.units.length, ...answer };
  const none = units.map((unit) =>
    emptyResult(unit, { isComplete: false, reason: 'a worker ran out of memory' }),
  );
  const verdict = verdictOf(mutant, none, baseline);
  return { mutant, units: none, spared: 0, verdict, story: null, witness: null };
}

function unreached(mutant: Mutant): MutantRun {
  const { id, kind } = mutant;
  const verdict = { id, kind, verdict: 'survived', kills: [], reason: NOT_REACHED } as const;
  return { mutant, units: [], spared: 0, verdict, story: null, witness: null };
}

/** Which units run which lines of the tree. A unit without an answer says nothing of a mutant. */
class Reach {
  readonly #run: ReachedRun;
  readonly #units = new Map<string, number[]>();

  constructor(run: ReachedRun) {
    this.#run = run;
    run.results.forEach(({ isComplete }, i) => {
      if (!isComplete) return;
      for (const line of run.reached[i]!) {
        const units = this.#units.get(line);
        if (units === undefined) this.#units.set(line, [i]);
        else units.push(i);
      }
    });
  }

  get isEmpty(): boolean {
    return this.#units.size === 0;
  }

  /** Numbers of the units that run the line, ascending. */
  of(line: string): readonly number[] {
    return this.#units.get(line) ?? [];
  }

  /** The lines of a file from one to another that some unit runs. */
  linesIn(file: string, first: number, last: number): number[] {
    return Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((line) =>
      this.#units.has(`${file}:${line}`),
    );
  }

  /** How many states a unit has: a measure of its cost. */
  statesOf(unit: number): number {
    const { states, accesses } = this.#run.results[unit]!.counts;
    return states + accesses;
  }

  task(tree: number, mutant: Mutant, places: readonly number[]): CMutantTask {
    const { units, results } = this.#run;
    return {
      kind: 'mutant',
      tree,
      mutant,
      units: places.map((i) => orderOf(units[i]!)),
      baseline: places.map((i) => ({ ...results[i]!, ...unitName(units[i]!) })),
    };
  }
}

/** The canary of a function in the unit that runs it at the least cost; null if none does. */
function canaryTask(
  tree: LoadedTree,
  number: number,
  name: string,
  reach: Reach,
): CMutantTask | null {
  const made = tree.translation.functionNamed.get(name)!;
  const lines = reach.linesIn(made.file, made.line, made.lastLine);
  const units = [...new Set(lines.flatMap((line) => reach.of(`${made.file}:${line}`)))];
  const [cheapest] = units.sort((a, b) => reach.statesOf(a) - reach.statesOf(b) || a - b);
  return cheapest === undefined ? null : reach.task(number, canaryOf(tree, name), [cheapest]);
}
