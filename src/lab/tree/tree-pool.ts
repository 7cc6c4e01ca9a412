// SPDX-License-Identifier: GPL-2.0-only
// Who runs units on a tree? Worker threads that have loaded it. Answers are in the order of the
// tasks, so nobody can tell from them how many workers there were.

import { Pool } from '../pool.ts';
import type { TreeFiles } from './tree-files.ts';
import type { TreeAnswer, TreeTask, TreeWorkerData } from './tree-task.ts';

export interface TreeHost {
  /** The module that worker threads run. */
  readonly entry: URL;
  readonly workers: number;
  readonly signal: AbortSignal | null;
}

export class TreePool {
  readonly #pool: Pool<TreeTask, TreeAnswer>;

  /** Tasks name the trees by their place among these. */
  constructor({ entry, workers, signal }: TreeHost, trees: readonly TreeFiles[]) {
    const data: TreeWorkerData = { trees };
    this.#pool = new Pool(entry, workers, signal, data);
  }

  /** A hole for each task that was not done because of the signal; null where memory ran out. */
  async run<A extends TreeAnswer>(
    tasks: readonly TreeTask[],
    onAnswer: (done: number, index: number) => void = () => {},
  ): Promise<readonly (A | null | undefined)[]> {
    const answers = await this.#pool.run(tasks, (done, index) => onAnswer(done, index));
    return answers.map((answer) => {
      if (answer === undefined) return undefined;
      return answer.kind === 'done' ? (answer.result as A) : null;
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
