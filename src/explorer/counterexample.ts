// SPDX-License-Identifier: GPL-2.0-only
// Which schedule tells the story best? Of all that show an event, the one with the fewest switches
// between threads, and of those the one with the fewest steps. The search runs over (state, last
// thread), level by level in the number of switches. Delayed stores are stranger than switches, so
// the fewest of them come before all else.

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
  /** As in a search. */
  readonly closureNodes?: number | undefined;
  /** Explores without analysis of the threads, as it is done for programs that have none. */
  readonly isPlain?: boolean;
  /** Shows the goal what can be told of an end, as an event of the kind `OBSERVABLE`. */
  readonly wantObservables?: boolean;
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
 * The schedule with the fewest delayed stores, then switches, then steps, that shows an event for
 * which `goal` holds: on the way, at rest, or a deadlock. The program's world must be fresh, and is
 * used up: replay the schedule in another one.
 */
export function findCounterexample(
  program: Program,
  goal: Goal,
  options: CounterexampleOptions,
): CounterexampleResult {
  const prepared =
    options.isPlain === true ? null : prepare(program, { ...options, wantEnds: false });
  const { memoryModel, wantObservables = false } = options;
  const space =
    prepared === null
      ? plainSpace(program, memoryModel, wantObservables)
      : machineSpace(program, prepared, memoryModel, wantObservables);
  return new Levels(space, goal, options.budgetStates).run();
}

/** A state that waits to be looked at; `parent` is the number of the state before it. */
interface Entry {
  readonly state: Int32Array;
  readonly last: number;
  /** The last thread has done nothing in this turn but flush stores. */
  readonly isFresh: boolean;
  readonly delays: number;
  readonly switches: number;
  readonly parent: number;
  readonly move: TurnMove | null;
  /** The move showed the event. */
  readonly isGoal: boolean;
}

const START = {
  last: -1,
  isFresh: false,
  delays: 0,
  switches: 0,
  parent: -1,
  move: null,
  isGoal: false,
};

/** Entries by their number of steps. */
type Level = (Entry[] | undefined)[];

class Levels {
  readonly #space: Space;
  readonly #goal: Goal;
  readonly #budget: number;
  readonly #rows = new RowSet(1);
  #row = new Int32Array(1);
  readonly #parents: number[] = [];
  readonly #moves: (TurnMove | null)[] = [];
  /** What waits, by its number of delays and of switches. */
  readonly #levels: Level[][] = [];

  constructor(space: Space, goal: Goal, budget: number) {
    this.#space = space;
    this.#goal = goal;
    this.#budget = budget;
  }

  run(): CounterexampleResult {
    if (this.#space.first.some((events) => events.some(this.#goal))) return this.#found([]);
    this.#put({ ...START, state: this.#space.initial() }, 0);
    for (const ofDelays of this.#levels) {
      for (const level of ofDelays) {
        // All three grow while they are worked on.
        for (let steps = 0; steps < level.length; steps++) {
          for (const entry of level[steps] ?? []) {
            const path = this.#visit(entry, steps);
            if (path !== null) return this.#found(path);
            if (this.#rows.size > this.#budget) return { kind: 'unknown', states: this.#rows.size };
          }
          level[steps] = undefined;
        }
      }
    }
    return { kind: 'none', states: this.#rows.size };
  }

  #put(entry: Entry, steps: number): void {
    const { delays, switches } = entry;
    while (this.#levels.length <= delays) this.#levels.push([]);
    const ofDelays = this.#levels[delays]!;
    while (ofDelays.length <= switches) ofDelays.push([]);
    const level = ofDelays[switches]!;
    const entries = level[steps];
    if (entries === undefined) level[steps] = [entry];
    else entries.push(entry);
  }

  #found(path: readonly TurnMove[]): CounterexampleResult {
    return { kind: 'found', turns: this.#space.turns(path, this.#goal), states: this.#rows.size };
  }

  /** Looks at a state for the first time, which is the cheapest. Returns the path to the goal. */
  #visit(entry: Entry, steps: number): TurnMove[] | null {
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
      const after: Entry = {
        state: to,
        last: thread,
        isFresh: how === 'flush',
        delays: entry.delays + (how === 'delay' && !isForced ? 1 : 0),
        switches: entry.switches + (isSame ? 0 : 1),
        parent: id,
        move: { thread, how, store },
        isGoal: events.some(this.#goal),
      };
      this.#put(after, steps + 1);
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
    const rows = this.#rows;
    // The states of a plain space grow with the memory that threads name.
    if (state.length + 1 > rows.width) {
      rows.widen(state.length + 1, () => 0);
      this.#row = new Int32Array(rows.width);
    }
    const row = this.#row.fill(0);
    row[0] = last;
    row.set(state, 1);
    return rows.add(row);
  }
}
