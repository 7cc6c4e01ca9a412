// SPDX-License-Identifier: GPL-2.0-only
// Which values may a cell hold that several threads write? All that anybody may store in it, each
// with the earliest position of the line at which it may be there. Cells that only the line writes
// have no pool: they are functions of its position.

import type { Automaton } from './automaton.ts';
import { type Line, type Span, spansOf } from './line.ts';
import { type CellId, type Effect, OWN, type ValueId } from './step.ts';
import type { World } from './world.ts';

/**
 * The values that a cell may hold when several threads write it, each with its earliest position.
 */
export type Pool = Map<ValueId, number>;

export interface GroupOf {
  readonly group: number;
  readonly automaton: Automaton;
  /** Threads of the group. */
  readonly threads: readonly number[];
}

/** Who wants to know when a pool gets a value. */
export interface Dependent {
  readonly wake: () => void;
}

/** A cell with more values feeds itself: a counter that threads read and write without end. */
const POOL_MAX = 64;

export class Pools {
  readonly all = new Map<CellId, Pool>();
  /** Some cell has more values than any sound program gives it. */
  isTooLarge = false;
  readonly #world: World;
  readonly #groups: readonly GroupOf[];
  readonly #line: Line | null;
  readonly #shared: ReadonlySet<CellId> | null;
  readonly #spans = new Map<CellId, Span[]>();
  readonly #dependents = new Map<CellId, Set<Dependent>>();
  readonly #ownKeys = new Map<number, CellId>();

  /** `shared`: cells of the line whose values also depend on others; null if there is no line. */
  constructor(
    world: World,
    groups: readonly GroupOf[],
    line: Line | null,
    shared: ReadonlySet<CellId> | null,
  ) {
    this.#world = world;
    this.#groups = groups;
    this.#line = line;
    this.#shared = shared;
  }

  /** The values of a cell that only the line writes, by position. */
  spans(cell: CellId): readonly Span[] {
    let spans = this.#spans.get(cell);
    if (spans === undefined) {
      spans = this.#line === null ? [] : spansOf(this.#world, this.#line, cell);
      this.#spans.set(cell, spans);
    }
    return spans;
  }

  /**
   * The pool of a cell as a step of thread t names it; -1 if the cell is a function of the line.
   */
  keyOf(cell: CellId, thread: number): CellId {
    const world = this.#world;
    if (cell >= OWN) return this.#ownKey(cell - OWN, thread);
    const owner = world.ownerOf(cell);
    if (owner !== null) return this.#ownKey(owner.index, owner.thread);
    return this.#shared === null || this.#shared.has(cell) || !this.#isWrittenByLine(cell)
      ? cell
      : -1;
  }

  /** The own cells of all threads of a group share one pool. */
  #ownKey(index: number, thread: number): CellId {
    let base = this.#ownKeys.get(thread);
    if (base === undefined) {
      base = OWN + 64 * (this.#groups.findIndex((of) => of.threads.includes(thread)) + 1);
      this.#ownKeys.set(thread, base);
    }
    return base + index;
  }

  #isWrittenByLine(cell: CellId): boolean {
    const spans = this.spans(cell);
    return spans.length > 1;
  }

  /** The values of a pool; made with the initial value when it is first asked for. */
  of(key: CellId): Pool {
    let pool = this.all.get(key);
    if (pool === undefined) {
      const cell = key >= OWN ? -1 : key;
      const initial =
        cell < 0
          ? this.#world.initial[0]!
          : (this.#world.memory[cell] ?? this.#world.initial[cell]!);
      pool = new Map([[initial, 0]]);
      this.all.set(key, pool);
    }
    return pool;
  }

  /** The first value of a cell's pool that fits, or null. */
  first(key: CellId, fits: (value: ValueId) => boolean): ValueId | null {
    for (const value of this.of(key).keys()) if (fits(value)) return value;
    return null;
  }

  /** What a change of a pooled cell at a position may add; `who` is woken when it may add more. */
  effect(effect: Effect, thread: number, clock: number, who: Dependent): void {
    const key = this.keyOf(effect.cell, thread);
    if (key < 0) return;
    const pool = this.of(key);
    let olds: readonly ValueId[] = NO_VALUE;
    let froms: readonly ValueId[] = NO_VALUE;
    if (!effect.blind) {
      olds = [...pool.keys()];
      this.depend(key, who);
    }
    if (effect.from >= 0) {
      const fromKey = this.keyOf(effect.from, thread);
      if (fromKey < 0) froms = this.spans(effect.from).map((span) => span.value);
      else {
        froms = [...this.of(fromKey).keys()];
        this.depend(fromKey, who);
      }
    }
    for (const old of olds)
      for (const from of froms) this.#offer(key, pool, effect.apply(old, from), clock);
  }

  #offer(key: CellId, pool: Pool, value: ValueId, clock: number): void {
    const known = pool.get(value);
    if (known !== undefined && known <= clock) return;
    pool.set(value, clock);
    if (pool.size > POOL_MAX) this.isTooLarge = true;
    if (this.isTooLarge) return;
    for (const dependent of [...(this.#dependents.get(key) ?? [])]) dependent.wake();
  }

  /** Has `who` woken whenever the pool gets a value. */
  depend(key: CellId, who: Dependent): void {
    const dependents = this.#dependents.get(key);
    if (dependents === undefined) this.#dependents.set(key, new Set([who]));
    else dependents.add(who);
  }
}

/** Stands for the values of a cell that a change does not depend on. */
const NO_VALUE: readonly ValueId[] = [0];
