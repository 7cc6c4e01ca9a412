// SPDX-License-Identifier: GPL-2.0-only
// Do the suites catch what they are for? First the ports as they stand, then mutants that must die,
// then every mutant in the units that reach it. A run that cannot be trusted is void: it says why,
// and has no score.

import type { MemoryModel } from '#explorer/program';
import type { Mutant, Regression } from '#mutation/mutant';
import { UserError } from '#user-error';
import type { EraName } from '#vocabulary';
import { baselineProblems, coverageProblems, type Problem, problem } from './baseline.ts';
import { CANARIES, canaryProblem, unreachedProblem } from './canaries.ts';
import { type Coverage, reachOf } from './coverage.ts';
import { type Answer, Pool } from './pool.ts';
import { portOf } from './ports.ts';
import { allMutants, loadMakers } from './registry.ts';
import { INVARIANTS, type Scenario } from './suites.ts';
import type { Story, Task, TaskResult, UnitOrder } from './task.ts';
import { emptyResult, type Unit, type UnitResult } from './unit.ts';
import { unitsOf } from './units.ts';
import { isDetected, NOT_REACHED, type Verdict, verdictOf } from './verdict.ts';

export interface RunChoice {
  readonly eras: readonly EraName[];
  readonly scenarios: readonly Scenario[];
  /** Only these invariants are judged; empty: all. */
  readonly invariants: readonly string[];
  readonly memoryModel: MemoryModel | null;
  readonly budgetStates: number | null;
  /** Nothing was left out by choice, so what is known of the eras must be seen. */
  readonly isWhole: boolean;
  /** Every mutant runs every unit, even if it is dead already. */
  readonly isComplete: boolean;
}

export interface RunHost {
  /** The module that worker threads run. */
  readonly entry: URL;
  readonly workers: number;
  readonly signal: AbortSignal | null;
  /** Told how many of how many subjects are done. */
  readonly onProgress: (done: number, of: number) => void;
}

/** What was done with one mutant. */
export interface MutantRun {
  readonly mutant: Mutant;
  /** Those that were run, and those that cannot reach it. */
  readonly units: readonly UnitResult[];
  /** How many units were not run because the verdict was settled without them. */
  readonly spared: number;
  readonly verdict: Verdict;
  readonly story: Story | null;
}

export interface BaselineRun {
  readonly era: EraName;
  readonly units: readonly UnitResult[];
  /** What each unit enters of the port. */
  readonly coverage: readonly Coverage[];
}

export interface RunResult {
  readonly baselines: readonly BaselineRun[];
  /** Sorted by era and id. Those that were not reached before an interruption are missing. */
  readonly mutants: readonly MutantRun[];
  /** Reasons why no score may be printed; empty for a sound run. */
  readonly problems: readonly Problem[];
  readonly isInterrupted: boolean;
}

/** Runs the lab. Throws a UserError if there is nothing to run: an empty run proves nothing. */
export async function runLab(choice: RunChoice, host: RunHost): Promise<RunResult> {
  const eras = choice.eras.map((era) => ({ era, units: unitsOf(era, choice) }));
  for (const { era, units } of eras) {
    if (units.length === 0) throw new UserError(`no chosen scenario is for ${era}`, 3);
  }
  const canaryEras = CANARIES.map(({ era }) => era);
  const all = await allMutants([...new Set([...choice.eras, ...canaryEras])].sort());
  const { regressions } = await loadMakers();
  const pool = new Pool<Task, TaskResult>(host.entry, host.workers, host.signal);
  try {
    return await new Lab(choice, host, pool, all, regressions).run(eras);
  } finally {
    await pool.close();
  }
}

interface EraUnits {
  readonly era: EraName;
  readonly units: readonly Unit[];
}

class Lab {
  readonly #choice: RunChoice;
  readonly #host: RunHost;
  readonly #pool: Pool<Task, TaskResult>;
  readonly #all: readonly Mutant[];
  readonly #breaks: ReadonlyMap<string, readonly string[]>;

  constructor(
    choice: RunChoice,
    host: RunHost,
    pool: Pool<Task, TaskResult>,
    all: readonly Mutant[],
    regressions: readonly Regression[],
  ) {
    this.#choice = choice;
    this.#host = host;
    this.#pool = pool;
    this.#all = all;
    this.#breaks = new Map(regressions.map(({ name, breaks }) => [name, breaks]));
  }

  async run(eras: readonly EraUnits[]): Promise<RunResult> {
    const first = await this.#baselinesAndCanaries(eras);
    if (first === null) {
      return { baselines: [], mutants: [], problems: [], isInterrupted: true };
    }
    const { baselines, problems } = first;
    if (problems.length > 0) return { baselines, mutants: [], problems, isInterrupted: false };
    const mutants = await this.#mutants(eras, baselines);
    for (const { mutant, verdict } of mutants.done) {
      if (mutant.kind !== 'control') continue;
      if (isDetected(verdict.verdict)) {
        const text = `the control ${mutant.id} is harmless, but the verdict is ${verdict.verdict}`;
        problems.push(problem(text));
      } else if (this.#choice.isWhole && verdict.reason === NOT_REACHED) {
        problems.push(problem(`no scenario reaches the control ${mutant.id}: it controls nothing`));
      }
    }
    return { baselines, mutants: mutants.done, problems, isInterrupted: mutants.isInterrupted };
  }

  /** Null if interrupted. */
  async #baselinesAndCanaries(
    eras: readonly EraUnits[],
  ): Promise<{ baselines: BaselineRun[]; problems: Problem[] } | null> {
    const { invariants, isComplete } = this.#choice;
    const base = { baseline: null, coverage: [], story: [], invariants, isComplete };
    const ofEras = eras.map(
      ({ era, units }): Task => ({ ...base, era, mutant: null, units: units.map(orderOf) }),
    );
    const ofCanaries = CANARIES.flatMap((canary): Task[] => {
      const { era, scenario, mmio } = canary;
      const unit: UnitOrder = { scenario, mmio, memoryModel: 'sc', budgetStates: null };
      const mutant = this.#mutantNamed(canary.id);
      return [null, mutant].map((m) => ({
        ...base,
        era,
        mutant: m,
        units: [unit],
        invariants: [],
      }));
    });
    const answers = await this.#pool.run([...ofEras, ...ofCanaries]);
    if (answers.includes(undefined)) return null;
    const results = answers.map((answer) => resultOf(answer!));
    const baselines = eras.map(
      ({ era }, i): BaselineRun => ({
        era,
        units: results[i]!.units,
        coverage: results[i]!.coverage,
      }),
    );
    const { isWhole } = this.#choice;
    const problems = baselines.flatMap(({ era, units, coverage }) => [
      ...baselineProblems(era, units, INVARIANTS, isWhole),
      ...coverageProblems(era, units, coverage),
    ]);
    CANARIES.forEach((canary, i) => {
      const [before, after] = results.slice(eras.length + 2 * i) as [TaskResult, TaskResult];
      const mutant = this.#mutantNamed(canary.id);
      const isReached = before.coverage.some(reachOf(portOf(canary.era), mutant));
      const text = isReached
        ? canaryProblem(canary, after.units[0]!, before.units[0]!)
        : unreachedProblem(canary);
      if (text !== null) problems.push(problem(text));
    });
    return { baselines, problems };
  }

  #mutantNamed(id: string): Mutant {
    const mutant = this.#all.find((known) => known.id === id);
    if (mutant === undefined) throw new UserError(`there is no mutant ${id} to be a canary`, 3);
    return mutant;
  }

  async #mutants(
    eras: readonly EraUnits[],
    baselines: readonly BaselineRun[],
  ): Promise<{ done: MutantRun[]; isInterrupted: boolean }> {
    const tasks = eras.flatMap(({ era, units }, i) => {
      const own = this.#all.filter((mutant) => mutant.era === era);
      if (own.length === 0) throw new UserError(`there are no mutants of ${era}`, 3);
      return own.map((mutant) => ({
        era,
        mutant,
        units: units.map(orderOf),
        baseline: baselines[i]!.units,
        coverage: baselines[i]!.coverage,
        story: mutant.kind === 'regression' ? (this.#breaks.get(mutant.name) ?? []) : [],
        invariants: this.#choice.invariants,
        isComplete: this.#choice.isComplete,
      }));
    });
    const answers = await this.#pool.run(tasks, (done) =>
      this.#host.onProgress(done, tasks.length),
    );
    const done = answers.flatMap((answer, i) =>
      answer === undefined ? [] : [mutantRun(tasks[i]!, answer)],
    );
    return { done, isInterrupted: done.length < tasks.length };
  }
}

function orderOf({ scenario, mmio, memoryModel, budgetStates }: Unit): UnitOrder {
  return { scenario: scenario.id, mmio, memoryModel, budgetStates };
}

function resultOf(answer: Answer<TaskResult>): TaskResult {
  if (answer.kind === 'done') return answer.result;
  throw new Error('a worker ran out of memory before any mutant was run');
}

function mutantRun(
  task: Task & { readonly mutant: Mutant },
  answer: Answer<TaskResult>,
): MutantRun {
  const { mutant } = task;
  if (answer.kind === 'done') {
    const { units, verdict, story } = answer.result;
    return { mutant, units, spared: task.units.length - units.length, verdict: verdict!, story };
  }
  const units = task.units.map((unit) =>
    emptyResult(unit, { isComplete: false, reason: 'a worker ran out of memory' }),
  );
  const verdict = verdictOf(mutant, units, task.baseline!);
  return { mutant, units, spared: 0, verdict, story: null };
}
