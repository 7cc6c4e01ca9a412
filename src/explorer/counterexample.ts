// SPDX-License-Identifier: GPL-2.0-only
// Which schedule tells the story best? Of all that show an event, the one with the fewest switches
// between threads, and of those the one with the fewest steps. The search runs over (state, last
// thread), level by level in the number of switches. A store that is delayed counts like a switch, so
// that stores go to memory at once unless the story needs it otherwise.

import { machineSpace } from './counterexample-machine.ts';
import { plainSpace } from './counterexample-plain.ts';
import type { TurnMove } from './counterexample-turns.ts';
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
export interface Hop extends TurnMove {
  /** A store is delayed because an older one to its place is. */
  readonly isForced: boolean;
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
  readonly turns: (path: readonly TurnMove[], goal: Goal) => readonly Turn[];
}

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
  /** The last thread has done nothing in this turn but flush stores. */
  readonly isFresh: boolean;
  readonly parent: number;
  readonly move: TurnMove | null;
  /** The move showed the event. */
  readonly isGoal: boolean;
}

/** Entries by their number of steps. */
type Level = (Entry[] | undefined)[];

class Levels {
  readonly #space: Space;
  readonly #goal: Goal;
  readonly #budget: number;
  readonly #rows = new RowSet(64);
  #row = new Int32Array(64);
  readonly #parents: number[] = [];
  readonly #moves: (TurnMove | null)[] = [];
  /** What waits, by its number of switches and delays. */
  readonly #levels: Level[] = [];

  constructor(space: Space, goal: Goal, budget: number) {
    this.#space = space;
    this.#goal = goal;
    this.#budget = budget;
  }

  run(): CounterexampleResult {
    if (this.#space.first.some((events) => events.some(this.#goal))) return this.#found([]);
    const state = this.#space.initial();
    this.#put(0, 0, {
      state,
      last: -1,
      isFresh: false,
      parent: -1,
      move: null,
      isGoal: false,
    });
    for (let cost = 0; cost < this.#levels.length; cost++) {
      // The level grows while it is worked on: each move adds a step.
      for (let steps = 0; steps < this.#levels[cost]!.length; steps++) {
        for (const entry of this.#levels[cost]![steps] ?? []) {
          const path = this.#visit(entry, cost, steps);
          if (path !== null) return this.#found(path);
          if (this.#rows.size > this.#budget) return { kind: 'unknown', states: this.#rows.size };
        }
        this.#levels[cost]![steps] = undefined;
      }
      this.#levels[cost] = [];
    }
    return { kind: 'none', states: this.#rows.size };
  }

  #put(cost: number, steps: number, entry: Entry): void {
    while (this.#levels.length <= cost) this.#levels.push([]);
    const level = this.#levels[cost]!;
    const entries = level[steps];
    if (entries === undefined) level[steps] = [entry];
    else entries.push(entry);
  }

  #found(path: readonly TurnMove[]): CounterexampleResult {
    return { kind: 'found', turns: this.#space.turns(path, this.#goal), states: this.#rows.size };
  }

  /** Looks at a state for the first time, which is the cheapest. Returns the path to the goal. */
  #visit(entry: Entry, cost: number, steps: number): TurnMove[] | null {
    const { state, last } = entry;
    if (entry.isGoal) return this.#path(entry);
    const id = this.#add(state, 2 * last + (entry.isFresh ? 1 : 0));
    if (id < 0) return null;
    this.#parents.push(entry.parent);
    this.#moves.push(entry.move);
    let isStuck = true;
    for (const { thread, how, store, isForced, state: to, events } of this.#space.hops(state)) {
      isStuck = false;
      const isSame = last < 0 || thread === last;
      // Within a turn nobody else looks: a flush may as well come first, or its store was not late.
      if (how === 'flush' && isSame && !entry.isFresh) continue;
      const more = (isSame ? 0 : 1) + (how === 'delay' && !isForced ? 1 : 0);
      const isGoal = events.some(this.#goal);
      const move = { thread, how, store };
      const isFresh = how === 'flush';
      const after = { state: to, last: thread, isFresh, parent: id, move, isGoal };
      this.#put(cost + more, steps + 1, after);
    }
    return isStuck && this.#space.judge(state).some(this.#goal) ? this.#path(entry) : null;
  }

  #path(entry: Entry): TurnMove[] {
    const path: TurnMove[] = [];
    let { move, parent } = entry;
    while (move !== null) {
      path.push(move);
      move = this.#moves[parent] ?? null;
      parent = this.#parents[parent] ?? -1;
    }
    return path.reverse();
  }

  /** The number of a new state with this mark of who came last, or -1. */
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
