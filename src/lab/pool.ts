// SPDX-License-Identifier: GPL-2.0-only
// Who does the tasks? Worker threads that take the next one from a shared list. Results are kept by
// the place of their task, so nobody can tell from them how many workers there were.

import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';

/**
 * Heap of a worker: two of them and the main thread fit into 1 GiB. Without a limit the collector
 * waits until much more is garbage.
 */
const LIMITS = { maxOldGenerationSizeMb: 360, maxYoungGenerationSizeMb: 32 };

/** Workers make much garbage from the first moment: the collector need not find out. */
const YOUNG_GENERATION = '--min-semi-space-size=8';

/** What became of a task. Memory is the one bound of a worker that no budget of states holds. */
export type Answer<R> =
  | { readonly kind: 'done'; readonly result: R }
  | { readonly kind: 'out-of-memory' };

/** Message of a worker. */
interface Reply<R> {
  readonly index: number;
  readonly result?: R;
  /** Should another worker do the next task? */
  readonly isFull?: boolean;
  /** An Error would arrive without its name. */
  readonly error?: { readonly name: string; readonly message: string; readonly stack: string };
}

/** Told how many are done, and which one just was. */
export type OnAnswer<R> = (done: number, index: number, answer: Answer<R>) => void;

/** The list that is being worked on. */
interface Work<T, R> {
  readonly tasks: readonly T[];
  readonly answers: (Answer<R> | undefined)[];
  readonly onAnswer: OnAnswer<R>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  next: number;
  done: number;
}

interface Hand {
  readonly worker: Worker;
  /** The task that the worker is at; -1 for none. */
  current: number;
  /** How many it has done. */
  done: number;
}

/** Workers that stay alive from one list of tasks to the next. */
export class Pool<T, R> {
  readonly #entry: URL;
  readonly #workers: number;
  readonly #signal: AbortSignal | null;
  readonly #data: unknown;
  readonly #hands = new Set<Hand>();
  #work: Work<T, R> | null = null;

  /**
   * `entry`: a module that calls serve(). `signal` stops the work; what was done is kept. `data`:
   * what every worker finds as its `workerData`.
   */
  constructor(entry: URL, workers: number, signal: AbortSignal | null, data: unknown = null) {
    this.#entry = entry;
    this.#workers = workers;
    this.#signal = signal;
    this.#data = data;
  }

  /**
   * Runs all tasks. The list has a hole for each task that was not done because of the signal.
   * Rejects with the first error that a task threw.
   */
  async run(
    tasks: readonly T[],
    onAnswer: OnAnswer<R> = () => undefined,
  ): Promise<readonly (Answer<R> | undefined)[]> {
    const answers: (Answer<R> | undefined)[] = new Array(tasks.length).fill(undefined);
    if (tasks.length === 0 || this.#signal?.aborted === true) return answers;
    let stop = () => {};
    const ended = new Promise<void>((resolve, reject) => {
      stop = resolve;
      this.#work = { tasks, answers, onAnswer, resolve, reject, next: 0, done: 0 };
    });
    this.#signal?.addEventListener('abort', stop);
    while (this.#hands.size < Math.min(this.#workers, tasks.length)) this.#hire();
    for (const hand of this.#hands) this.#give(hand);
    try {
      await ended;
    } finally {
      this.#signal?.removeEventListener('abort', stop);
      this.#work = null;
    }
    return answers;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#hands].map(({ worker }) => worker.terminate()));
    this.#hands.clear();
  }

  #hire(): Hand {
    setFlagsFromString(YOUNG_GENERATION);
    const worker = new Worker(this.#entry, { resourceLimits: LIMITS, workerData: this.#data });
    const hand: Hand = { worker, current: -1, done: 0 };
    this.#hands.add(hand);
    worker.on('message', (reply: Reply<R>) => this.#receive(hand, reply));
    worker.on('error', (error: NodeJS.ErrnoException) => this.#lose(hand, error));
    return hand;
  }

  #give(hand: Hand): void {
    const work = this.#work;
    if (work !== null && work.next < work.tasks.length) this.#ask(hand, work.next++);
    else hand.current = -1;
  }

  #ask(hand: Hand, index: number): void {
    hand.current = index;
    hand.worker.postMessage({ index, task: this.#work?.tasks[index] });
  }

  #receive(hand: Hand, { index, result, error, isFull = false }: Reply<R>): void {
    if (error !== undefined) {
      this.#work?.reject(Object.assign(new Error(), error));
      return;
    }
    this.#answer(index, { kind: 'done', result: result as R });
    hand.done++;
    this.#give(isFull ? this.#renewed(hand) : hand);
  }

  /** A worker in the place of one that has kept too much. */
  #renewed(hand: Hand): Hand {
    this.#hands.delete(hand);
    hand.worker.removeAllListeners();
    void hand.worker.terminate();
    return this.#hire();
  }

  /**
   * A worker has died. If it was for want of memory, another one takes its place, with the same
   * task if it was not the first: what the tasks before it left there is no fault of it.
   */
  #lose(hand: Hand, error: NodeJS.ErrnoException): void {
    this.#hands.delete(hand);
    if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY' || hand.current < 0) {
      this.#work?.reject(error);
      return;
    }
    if (this.#work === null) return;
    if (hand.done === 0) this.#answer(hand.current, { kind: 'out-of-memory' });
    const fresh = this.#hire();
    if (hand.done === 0) this.#give(fresh);
    else this.#ask(fresh, hand.current);
  }

  #answer(index: number, answer: Answer<R>): void {
    const work = this.#work;
    if (work === null) return;
    work.answers[index] = answer;
    work.onAnswer(++work.done, index, answer);
    if (work.done === work.tasks.length) work.resolve();
  }
}
