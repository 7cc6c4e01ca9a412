// SPDX-License-Identifier: GPL-2.0-only
// Do the suites catch what they are for? First the ports as they stand, then mutants that must die,
// then every mutant in the units that reach it. A run that cannot be trusted is void: it says why,
// and has no score.

import type { MemoryModel } from '#explorer/program';
import type { Family, Mutant, Regression } from '#mutation/mutant';
import { UserError } from '#user-error';
import type { EraName } from '#vocabulary';
import { mutantRun, resultOf } from './answers.ts';
import { baselineProblems, coverageProblems, type Problem, problem } from './baseline.ts';
import { type BaselineRun, baselinesOf, type EraUnits } from './baseline-run.ts';
import { type Cache, whileSound } from './cache.ts';
import { CachedPool, type Progress } from './cached-pool.ts';
import { CANARIES, canaryProblem, unreachedProblem } from './canaries.ts';
import { controlProblems } from './controls.ts';
import { type Corpus, chosenOf, corpusOf } from './corpus.ts';
import { Keys } from './keys.ts';
import { type Made, type Pairing, pairsOfRun, toldPairing } from './pairs.ts';
import { Pool } from './pool.ts';
import { type Shard, shardOf } from './shard.ts';
import { INVARIANTS, type Scenario } from './suites.ts';
import type { Refused } from './syntactic.ts';
import type { Story, Task, TaskResult } from './task.ts';
import { orderOf, type Unit, type UnitOrder, type UnitResult } from './unit.ts';
import { unitsOf } from './units.ts';
import type { Verdict } from './verdict.ts';
import type { Witness } from './witness.ts';

export type { BaselineRun } from './baseline-run.ts';

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
  /** Operators of these families make mutants. */
  readonly families: readonly Family[];
  /** Only mutants whose first edit is in one of these functions; empty: all. */
  readonly functions: readonly string[];
  /** Stryker's rules make mutants too. */
  readonly withSyntactic: boolean;
  /** Two mutants that are detected alone are run together too. */
  readonly withPairs: boolean;
  /** Only this part of the mutants; null: all. */
  readonly shard: Shard | null;
}

/** What a run goes through, in this order, but for units that are asked while mutants are run. */
export type Subject = 'units of the ports' | 'mutants' | 'units asked about the rest' | 'pairs';

export interface RunHost {
  /** The module that worker threads run. */
  readonly entry: URL;
  readonly workers: number;
  readonly signal: AbortSignal | null;
  /** What earlier runs found out. */
  readonly cache: Cache;
  /** Told how many of how many subjects are done. */
  readonly onProgress: (done: number, of: number, what: Subject) => void;
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
  readonly witness: Witness | null;
}

export interface RunResult {
  /** Hash of all that decides what the run finds: equal for parts that belong together. */
  readonly sources: string;
  /** What the regressions must break. */
  readonly regressions: readonly Regression[];
  readonly baselines: readonly BaselineRun[];
  /**
   * By era, ours before Stryker's, each sorted. Those that were not reached before an interruption
   * are missing.
   */
  readonly mutants: readonly MutantRun[];
  /** By era, each sorted by id; empty unless they were asked for. No score counts them. */
  readonly pairs: readonly MutantRun[];
  /** What is no pair, and why; null unless pairs were made. */
  readonly pairing: Pairing | null;
  /** Mutants of Stryker's that do not type check. */
  readonly refused: readonly Refused[];
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
  const keys = new Keys(host.entry);
  const cache = whileSound(host.cache, () => keys.isCurrent());
  const canaryEras = CANARIES.map(({ era }) => era);
  const corpusEras = [...new Set([...choice.eras, ...canaryEras])].sort();
  const corpus = await corpusOf(corpusEras, choice.withSyntactic ? choice.eras : [], keys, cache);
  // Before anything is run: what there is to run is known.
  for (const era of choice.eras) chosenOf(corpus.mutants, choice, era);
  const pool = new Pool<Task, TaskResult>(host.entry, host.workers, host.signal);
  try {
    const lab = new Lab(choice, host, pool, new CachedPool(pool, keys, cache), corpus);
    const { regressions, refused } = corpus;
    const result = { sources: keys.run(choice), regressions, refused, ...(await lab.run(eras)) };
    if (keys.isCurrent()) return result;
    const text = 'a source was written while the run went on: nobody knows what was run';
    return { ...result, problems: [...result.problems, problem(text, true)] };
  } finally {
    await pool.close();
  }
}

class Lab {
  readonly #choice: RunChoice;
  readonly #host: RunHost;
  /** Works always. */
  readonly #pool: Pool<Task, TaskResult>;
  /** Works where the answer is not known. */
  readonly #cached: CachedPool;
  readonly #all: readonly Mutant[];
  readonly #regressions: ReadonlyMap<string, Regression>;

  constructor(
    choice: RunChoice,
    host: RunHost,
    pool: Pool<Task, TaskResult>,
    cached: CachedPool,
    { mutants, regressions }: Corpus,
  ) {
    this.#choice = choice;
    this.#host = host;
    this.#pool = pool;
    this.#cached = cached;
    this.#all = mutants;
    this.#regressions = new Map(regressions.map((one) => [one.name, one]));
  }

  async run(
    eras: readonly EraUnits[],
  ): Promise<Omit<RunResult, 'sources' | 'regressions' | 'refused'>> {
    const none = { mutants: [], pairs: [], pairing: null };
    const first = await this.#baselinesAndCanaries(eras);
    if (first === null) return { ...none, baselines: [], problems: [], isInterrupted: true };
    const { baselines, problems } = first;
    if (problems.length > 0) return { ...none, baselines, problems, isInterrupted: false };
    const mutants = await this.#mutants(eras, baselines);
    problems.push(...controlProblems(mutants.done, this.#choice.isWhole));
    const found = { ...none, baselines, mutants: mutants.done, problems };
    const isPaired = this.#choice.withPairs && problems.length === 0 && !mutants.isInterrupted;
    if (!isPaired) return { ...found, isInterrupted: mutants.isInterrupted };
    const made = await pairsOfRun(this.#choice.eras, mutants.done);
    const { done: pairs, isInterrupted } = await this.#pairs(made, eras, baselines);
    problems.push(...made.flatMap(({ problems: own }) => own));
    return { ...found, pairs, pairing: toldPairing(made), isInterrupted };
  }

  /** Null if interrupted. */
  async #baselinesAndCanaries(
    eras: readonly EraUnits[],
  ): Promise<{ baselines: BaselineRun[]; problems: Problem[] } | null> {
    const { invariants, isComplete } = this.#choice;
    const base = { baseline: null, coverage: [], story: [], invariants, isComplete };
    // One task for each unit, so that a run that was ended goes on behind the last of them.
    const ofUnits = eras.flatMap(({ era, units }) =>
      units.map((unit): Task => ({ ...base, era, mutant: null, units: [orderOf(unit)] })),
    );
    const ofCanaries = CANARIES.flatMap(({ era, id, scenario, mmio }): Task[] => {
      const unit: UnitOrder = { scenario, mmio, memoryModel: 'sc', budgetStates: null };
      const task = { ...base, era, units: [unit], invariants: [] };
      const reaches = this.#mutantNamed(id);
      return [
        { ...task, mutant: null, reaches },
        { ...task, mutant: reaches },
      ];
    });
    // A canary is always run: that it once died says nothing about this run.
    const living = this.#pool.run(ofCanaries);
    const ahead = this.#cached.lookAhead(ofUnits);
    if (ahead !== null)
      this.#cached.lookAhead(this.#mutantTasks(eras, baselinesOf(eras, ahead.map(resultOf))));
    const live = await living;
    const known = live.includes(undefined)
      ? live
      : await this.#cached.run(ofUnits, this.#told(ofUnits, 'units of the ports'));
    if (known.includes(undefined)) return null;
    const canaries = live.map((answer) => resultOf(answer!));
    const baselines = baselinesOf(
      eras,
      known.map((answer) => resultOf(answer!)),
    );
    const { isWhole } = this.#choice;
    const problems = baselines.flatMap(({ era, units, coverage }) => [
      ...baselineProblems(era, units, INVARIANTS, isWhole),
      ...coverageProblems(era, units, coverage),
    ]);
    CANARIES.forEach((canary, i) => {
      const [before, after] = canaries.slice(2 * i) as [TaskResult, TaskResult];
      const text = before.isReached
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

  #mutants(eras: readonly EraUnits[], baselines: readonly BaselineRun[]): Promise<Runs> {
    return this.#runs(this.#mutantTasks(eras, baselines), 'mutants');
  }

  #mutantTasks(eras: readonly EraUnits[], baselines: readonly BaselineRun[]): MutantTask[] {
    const { isComplete, shard } = this.#choice;
    const all = eras.flatMap(({ era, units }, i) =>
      this.#tasksOf(chosenOf(this.#all, this.#choice, era), units, baselines[i]!, isComplete),
    );
    return shardOf(all, shard);
  }

  /** A pair is run until it is settled, even where the whole matrix is asked for. */
  #pairs(
    made: readonly Made[],
    eras: readonly EraUnits[],
    baselines: readonly BaselineRun[],
  ): Promise<Runs> {
    const tasks = eras.flatMap(({ units }, i) =>
      this.#tasksOf(made[i]!.pairs, units, baselines[i]!, false),
    );
    return this.#runs(tasks, 'pairs');
  }

  /** `mutants` are all of the era of the units. */
  #tasksOf(
    mutants: readonly Mutant[],
    units: readonly Unit[],
    baseline: BaselineRun,
    isComplete: boolean,
  ): MutantTask[] {
    const orders = units.map(orderOf);
    const regressionOf = ({ kind, name }: Mutant) =>
      kind === 'regression' ? this.#regressions.get(name) : undefined;
    return mutants.map((mutant) => ({
      era: baseline.era,
      mutant,
      units: orders,
      baseline: baseline.units,
      coverage: baseline.coverage,
      story: regressionOf(mutant)?.breaks ?? [],
      own: regressionOf(mutant)?.ownScenarios,
      invariants: this.#choice.invariants,
      isComplete,
      // A control only has to live; mutants/known/ has edits that must be found equal.
      isCompared: this.#choice.isWhole && (isComplete || mutant.kind !== 'control'),
    }));
  }

  async #runs(tasks: readonly MutantTask[], what: 'mutants' | 'pairs'): Promise<Runs> {
    const answers = await this.#cached.run(tasks, this.#told(tasks, what));
    const done = answers.flatMap((answer, i) =>
      answer === undefined ? [] : [mutantRun(tasks[i]!, answer)],
    );
    return { done, isInterrupted: done.length < tasks.length };
  }

  #told({ length }: readonly Task[], what: Subject): Progress {
    const { onProgress } = this.#host;
    return {
      onAnswer: (done) => onProgress(done, length, what),
      onAsked: (done, of) => onProgress(done, of, 'units asked about the rest'),
    };
  }
}

type MutantTask = Task & { readonly mutant: Mutant };

interface Runs {
  readonly done: MutantRun[];
  readonly isInterrupted: boolean;
}
