// SPDX-License-Identifier: GPL-2.0-only
// Which schedule tells the story best? Of all that show an event, the one with the fewest switches
// between threads, and of those the one with the fewest steps. The search runs over (state, last
// thread), level by level in the number of switches.

import { machineSpace } from './counterexample-machine.ts';
import { plainSpace } from './counterexample-plain.ts';
import type { MemoryModel, Program } from './program.ts';
import { RowSet } from './rows.ts';
import type { RunEvent } from './run.ts';
import type { Turn } from './schedule.ts';
import { prepare } from './search.ts';

export interface CounterexampleOptions {
  readonly memoryModel: MemoryModel;
  /** Most pairs of a state and a last thread to store. */
  readonly budgetStates: number;
  /** Explores without analysis of the threads, as it is done for programs that have none. */
  readonly isPlain?: boolean;
}

export type CounterexampleResult =
  | { readonly kind: 'found'; readonly turns: readonly Turn[]; readonly states: number }
  /** No execution shows the event. */
  | { readonly kind: 'none'; readonly states: number }
  /** The budget ran out. */
  | { readonly kind: 'unknown'; readonly states: number };

/** What one thread does to get to another state. */
export interface Hop {
  readonly thread: number;
  /** The delayed store that reaches memory: its place in the buffer; -1 for a step. */
  readonly flush: number;
  readonly state: Int32Array;
  readonly events: readonly RunEvent[];
}

/** States and moves of a program, as an engine sees them. */
export interface Space {
  /** Events before any step, by thread. */
  readonly first: readonly (readonly RunEvent[])[];
  readonly initial: () => Int32Array;
  readonly hops: (state: Int32Array) => Iterable<Hop>;
  /** Events of a state in which nobody can move. */
  readonly judge: (state: Int32Array) => readonly RunEvent[];
  /** The path in real steps; `goal` says where its last thread may stop. */
  readonly turns: (path: readonly PathHop[], goal: Goal) => readonly Turn[];
}

export type PathHop = Pick<Hop, 'thread' | 'flush'>;
export type Goal = (event: RunEvent) => boolean;

/**
 * The schedule with the fewest switches, then the fewest steps, that shows an event for which `goal`
 * holds: on the way, at rest, or a deadlock. The program's world must be fresh, and is used up: replay
 * the schedule in another one.
 */
export function findCounterexample(
  program: Program,
  goal: Goal,
  options: CounterexampleOptions,
): CounterexampleResult {
  const prepared =
    options.isPlain === true ? null : prepare(program, { ...options, wantEnds: false });
  const space =
    prepared === null
      ? plainSpace(program, options.memoryModel)
      : machineSpace(program, prepared, options.memoryModel);
  return new Levels(space, goal, options.budgetStates).run();
}

/** A state that waits to be looked at; `parent` is the number of the state before it. */
interface Entry {
  readonly state: Int32Array;
  readonly last: number;
  readonly parent: number;
  readonly hop: PathHop | null;
  /** The hop showed the event. */
  readonly isGoal: boolean;
}

/** Entries by their number of steps. */
type Level = Entry[][];

class Levels {
  readonly #space: Space;
  readonly #goal: Goal;
  readonly #budget: number;
  readonly #rows = new RowSet(64);
  #row = new Int32Array(64);
  readonly #parents: number[] = [];
  readonly #hops: (PathHop | null)[] = [];

  constructor(space: Space, goal: Goal, budget: number) {
    this.#space = space;
    this.#goal = goal;
    this.#budget = budget;
  }

  run(): CounterexampleResult {
    if (this.#space.first.some((events) => events.some(this.#goal))) return this.#found([]);
    const initial = this.#space.initial();
    const entry = { state: initial, last: -1, parent: -1, hop: null, isGoal: false };
    for (let level: Level | null = [[entry]]; level !== null; ) {
      const next: Level = [];
      for (let steps = 0; steps < level.length; steps++) {
        for (const entry of level[steps] ?? []) {
          const path = this.#visit(entry, level, next, steps);
          if (path !== null) return this.#found(path);
          if (this.#rows.size > this.#budget) return { kind: 'unknown', states: this.#rows.size };
        }
        delete level[steps];
      }
      level = next.length > 0 ? next : null;
    }
    return { kind: 'none', states: this.#rows.size };
  }

  #found(path: readonly PathHop[]): CounterexampleResult {
    return { kind: 'found', turns: this.#space.turns(path, this.#goal), states: this.#rows.size };
  }

  /** Looks at a state for the first time, which is the cheapest. Returns the path to the goal. */
  #visit(entry: Entry, level: Level, next: Level, steps: number): PathHop[] | null {
    const { state, last } = entry;
    if (entry.isGoal) return this.#path(entry);
    const id = this.#add(state, last);
    if (id < 0) return null;
    this.#parents.push(entry.parent);
    this.#hops.push(entry.hop);
    let isStuck = true;
    for (const { thread, flush, state: to, events } of this.#space.hops(state)) {
      isStuck = false;
      const into = last < 0 || thread === last ? level : next;
      const isGoal = events.some(this.#goal);
      const after = { state: to, last: thread, parent: id, hop: { thread, flush }, isGoal };
      into[steps + 1] ??= [];
      into[steps + 1]!.push(after);
    }
    return isStuck && this.#space.judge(state).some(this.#goal) ? this.#path(entry) : null;
  }

  #path(entry: Entry): PathHop[] {
    const path: PathHop[] = [];
    let { hop, parent } = entry;
    while (hop !== null) {
      path.push(hop);
      hop = this.#hops[parent] ?? null;
      parent = this.#parents[parent] ?? -1;
    }
    return path.reverse();
  }

  /** The number of a new pair of state and thread, or -1. */
  #add(state: Int32Array, last: number): number {
    if (state.length + 1 > this.#rows.width) {
      this.#rows.widen(state.length + 33, () => 0);
      this.#row = new Int32Array(this.#rows.width);
    }
    const row = this.#row.fill(0);
    row[0] = last;
    row.set(state, 1);
    return this.#rows.add(row);
  }
}
