// SPDX-License-Identifier: GPL-2.0-only
// Which tasks are left to do? Those whose answer is not known. What is done is kept at once, by the
// thread that owns the file, so that whatever ends the process takes only what was under way.

import type { Cache, Entry } from './cache.ts';
import {
  type AskedRecord,
  type PackedRecord,
  packedRecord,
  unpackedRecord,
} from './kept-echoes.ts';
import type { Keys } from './keys.ts';
import { type Ran, withNew } from './memo.ts';
import { runInParts } from './open-tasks.ts';
import { packed, type TaskRecord, unpacked } from './packed.ts';
import type { Answer, Pool } from './pool.ts';
import type { Task, TaskResult } from './task.ts';

/** Told of work that goes on. */
export interface Progress {
  /** How many tasks are done. */
  readonly onAnswer: (done: number) => void;
  /** How many of how many units were asked about the mutants that are left. */
  readonly onAsked: (done: number, of: number) => void;
}

const UNTOLD: Progress = { onAnswer: () => undefined, onAsked: () => undefined };

export class CachedPool {
  readonly #pool: Pool<Task, TaskResult>;
  readonly #keys: Keys;
  readonly #cache: Cache;
  /** Answers that were looked up ahead, by key. */
  readonly #ahead = new Map<string, Answer<TaskResult>>();

  constructor(pool: Pool<Task, TaskResult>, keys: Keys, cache: Cache) {
    this.#pool = pool;
    this.#keys = keys;
    this.#cache = cache;
  }

  /**
   * Looks up what is known of tasks that run() will be given, while workers do something else. The
   * answers; null if one is not known, and the rest is then not looked up.
   */
  lookAhead(tasks: readonly Task[]): readonly Answer<TaskResult>[] | null {
    const answers: Answer<TaskResult>[] = [];
    for (const task of tasks) {
      const key = this.#keys.task(task);
      const answer = this.#known(task, key);
      if (answer === undefined) return null;
      this.#ahead.set(key, answer);
      answers.push(answer);
    }
    return answers;
  }

  /** As Pool.run(); tasks whose answer is known count as done from the beginning. */
  async run(
    tasks: readonly Task[],
    { onAnswer, onAsked }: Progress = UNTOLD,
  ): Promise<readonly (Answer<TaskResult> | undefined)[]> {
    const keys = tasks.map((task) => this.#keys.task(task));
    const answers = tasks.map((task, i) => this.#known(task, keys[i]!));
    const left = tasks.flatMap((task, index) =>
      answers[index] === undefined ? [{ task, index }] : [],
    );
    const done = tasks.length - left.length;
    if (done > 0) onAnswer(done);
    const found = await runInParts(
      this.#pool,
      left.map(({ task }) => ({ ...task, known: this.#knownUnits(task) })),
      {
        onAnswer: (more, at, answer) => {
          const { task, index } = left[at]!;
          this.#keep(task, keys[index]!, answer);
          onAnswer(done + more);
        },
        onPart: (at, ran) => this.#cache.put(this.#entriesOf(left[at]!.task, ran)),
        onAsked,
        asked: (task) => this.#asked(this.#keys.asked(task)),
        keep: (task, record) => this.#cache.put([[this.#keys.asked(task), packedRecord(record)]]),
      },
    );
    left.forEach(({ index }, at) => {
      answers[index] = found[at];
    });
    return answers;
  }

  #known(task: Task, key: string): Answer<TaskResult> | undefined {
    const ahead = this.#ahead.get(key);
    if (ahead !== undefined) return ahead;
    const record = this.#cache.get(key) as TaskRecord | undefined;
    return record === undefined ? undefined : { kind: 'done', result: unpacked(record, task) };
  }

  #knownUnits(task: Task): Ran[] {
    if (task.mutant === null) return [];
    return task.units.flatMap((unit) => this.#runsOf(this.#keys.unit(task, unit)));
  }

  #runsOf(key: string): readonly Ran[] {
    return (this.#cache.get(key) as readonly Ran[] | undefined) ?? [];
  }

  #asked(key: string): AskedRecord | undefined {
    const record = this.#cache.get(key) as PackedRecord | undefined;
    return record === undefined ? undefined : unpackedRecord(record);
  }

  #keep(task: Task, key: string, answer: Answer<TaskResult>): void {
    // How much memory there is says nothing about the mutant.
    if (answer.kind !== 'done') return;
    const { ran = [], ...result } = answer.result;
    this.#cache.put([...this.#entriesOf(task, ran), [key, packed(result, task)]]);
  }

  #entriesOf(task: Task, ran: readonly Ran[]): Entry[] {
    const ofUnits = Map.groupBy(ran, ({ unit }) => this.#keys.unit(task, unit));
    return [...ofUnits].map(([key, runs]) => [key, withNew(this.#runsOf(key), runs)]);
  }
}
