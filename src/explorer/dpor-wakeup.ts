// SPDX-License-Identifier: GPL-2.0-only
// Which continuations of an execution are still to be run? A wake-up tree: an ordered tree of
// threads to schedule, which grows when a race is found and shrinks as its branches are run.

import type { Execution, Footprint, State } from './dpor-execution.ts';
import type { Order } from './dpor-order.ts';

/** A branch: run the thread, then one of the branches below it; below a leaf the search is free. */
export interface Wakeup {
  readonly thread: number;
  readonly below: Wakeup[];
}

/** A step of a planned continuation, with what it touches there. */
export interface Planned {
  readonly thread: number;
  readonly footprint: Footprint;
}

/** Questions about planned continuations of a state. */
export class Wakeups {
  readonly #execution: Execution;
  readonly #order: Order;

  constructor(execution: Execution, order: Order) {
    this.#execution = execution;
    this.#order = order;
  }

  /**
   * What is left of a continuation of the state after the thread has run first; null if it may not
   * run first. The thread may come first if its step in the plan depends on none before it, or if
   * it has none in the plan and depends on nothing in it: then the plan is as good behind it.
   */
  afterFirst(state: State, thread: number, plan: readonly Planned[]): readonly Planned[] | null {
    const at = plan.findIndex((step) => step.thread === thread);
    const footprint = at >= 0 ? plan[at]!.footprint : this.#execution.footprint(state, thread);
    const length = at >= 0 ? at : plan.length;
    for (let i = 0; i < length; i++) {
      if (this.#order.depend(plan[i]!.footprint, footprint)) return null;
    }
    return at >= 0 ? plan.toSpliced(at, 1) : plan;
  }

  /** Adds a continuation to the tree of a state, unless a branch that is there covers it. */
  insert(tree: Wakeup[], state: State, plan: readonly Planned[]): void {
    for (const branch of tree) {
      const rest = this.afterFirst(state, branch.thread, plan);
      if (rest === null) continue;
      if (branch.below.length === 0 || rest.length === 0) return;
      this.insert(branch.below, this.#execution.take(state, branch.thread).state, rest);
      return;
    }
    let below: Wakeup[] = [];
    for (const { thread } of plan.toReversed()) below = [{ thread, below }];
    tree.push(...below);
  }
}
