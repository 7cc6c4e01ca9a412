// SPDX-License-Identifier: GPL-2.0-only
// What can every thread possibly observe? The local automata are completed before the search: for
// each node, every value that its step may return in some execution, and perhaps a few more. A
// superset is safe, for the search only follows what memory holds; a value that is missing would be
// a lost execution, so the search stops loudly if it ever meets one.
//
// What keeps the superset small is the line's clock. Per node: `lo`, a position that the line had
// reached when the thread came here, and for an open read-side section `opened`, a position that
// the line had not passed when the section began. A reader sees only what the line stored from `lo`
// on, and nothing from after the grace period that waits for its section.

import type { Edge, Node } from './automaton.ts';
import { guesser } from './guess.ts';
import { type Line, lineOf, sharedCells } from './line.ts';
import {
  isProtected,
  type Knowledge,
  knowledgeAfter,
  locksAfter,
  NOTHING_KNOWN,
  noteStore,
  type Protection,
} from './lock-rules.ts';
import { type GroupOf, Pools } from './pools.ts';
import type { CellId, Step, ValueId } from './step.ts';
import { joined, type Window } from './windows.ts';
import type { World } from './world.ts';

/** What is known of a node that the closure has reached. */
export interface Reached {
  readonly node: Node;
  /** When the thread can be here; a cell may hold one value twice, so there may be several. */
  windows: readonly Window[];
  /** Depth of read-side sections. */
  readonly depth: number;
  readonly knows: Knowledge;
  /** Waits to be visited. */
  isQueued: boolean;
  /** Where each possible observation leads. */
  readonly options: Map<ValueId, Edge>;
}

export interface Closure {
  readonly line: Line | null;
  /** Per group: the nodes that may be reached. */
  readonly groups: ReadonlyMap<number, ReadonlyMap<Node, Reached>>;
  /** Values of the cells that are part of a state, and those that are functions of the line. */
  readonly pools: Pools;
  /** Locks that were held at every store that was reached. */
  readonly protection: Protection;
  /** Some thread may drop a lock that it does not hold: then locks keep nobody out. */
  readonly dropsStrangersLock: boolean;
  /** The last position at which a node can be current, if it was entered in this window. */
  readonly hi: (reached: Reached, window: Window) => number;
}

/** Above this the closure gives up; the program is then explored without it. */
const NODES_MAX = 120_000;

/** Completes all automata but the line's. Null if the line is none, or the closure is too large. */
export function close(world: World, groups: readonly GroupOf[], line: Line | null): Closure | null {
  let others = new Set<CellId>();
  for (const { automaton, threads } of groups) {
    // A first guess at what others write: what each does when it is alone.
    const alone = lineOf(world, automaton, threads[0]!, 'sc');
    for (const step of alone?.steps ?? []) {
      for (const cell of step.writes) for (const t of threads) others.add(world.resolve(cell, t));
    }
  }
  let assumed: Protection = new Map();
  for (;;) {
    const shared = line === null ? null : sharedCells(world, line, others);
    if (line !== null && [...line.seen].some((cell) => shared!.has(cell))) return null;
    const pass = new Pass(world, groups, line, shared, assumed);
    if (!pass.run()) return null;
    if ([...pass.written].every((cell) => others.has(cell)) && pass.isConfirmed()) return pass;
    others = new Set([...others, ...pass.written]);
    assumed = pass.protection;
  }
}

class Pass implements Closure {
  readonly line: Line | null;
  readonly groups = new Map<number, Map<Node, Reached>>();
  readonly pools: Pools;
  /** Cells, resolved, that threads other than the line write. */
  readonly written = new Set<CellId>();
  readonly protection: Protection = new Map();
  dropsStrangersLock = false;
  readonly #assumed: Protection;
  readonly #relied = new Map<string, { cell: CellId; locks: readonly CellId[] }>();
  readonly #world: World;
  readonly #groupsOf: readonly GroupOf[];
  readonly #length: number;
  readonly #queue: { of: GroupOf; reached: Reached }[] = [];
  #count = 0;

  constructor(
    world: World,
    groups: readonly GroupOf[],
    line: Line | null,
    shared: ReadonlySet<CellId> | null,
    assumed: Protection,
  ) {
    this.#assumed = assumed;
    this.#world = world;
    this.#groupsOf = groups;
    this.line = line;
    this.pools = new Pools(world, groups, line, shared);
    this.#length = line?.steps.length ?? 0;
  }

  /**
   * Every use that was made of a lock's protection is borne out by the stores that were reached.
   */
  isConfirmed(): boolean {
    return [...this.#relied.values()].every(({ cell, locks }) =>
      isProtected(this.protection, cell, locks),
    );
  }

  run(): boolean {
    for (const of of this.#groupsOf) {
      this.groups.set(of.group, new Map());
      this.#reach(of, of.automaton.root.to, [{ lo: 0, opened: this.#length }], 0, NOTHING_KNOWN);
    }
    this.#lineStores();
    for (let work = this.#queue.pop(); work !== undefined; work = this.#queue.pop()) {
      work.reached.isQueued = false;
      this.#visit(work.of, work.reached);
      if (this.#count > NODES_MAX || this.pools.isTooLarge) return false;
    }
    return !this.pools.isTooLarge;
  }

  hi(reached: Reached, window: Window): number {
    if (this.line === null || reached.depth === 0) return this.#length;
    return this.line.graceBound[window.opened]!;
  }

  #reach(
    of: GroupOf,
    node: Node,
    windows: readonly Window[],
    depth: number,
    knows: Knowledge,
  ): void {
    const known = this.groups.get(of.group)!;
    let reached = known.get(node);
    if (reached === undefined) {
      reached = {
        node,
        windows: joined([], windows),
        depth,
        knows,
        isQueued: false,
        options: new Map(),
      };
      known.set(node, reached);
      this.#count++;
    } else {
      const all = joined(reached.windows, windows);
      if (all === reached.windows) return;
      reached.windows = all;
    }
    this.#enqueue(of, reached);
  }

  #enqueue(of: GroupOf, reached: Reached): void {
    if (reached.isQueued) return;
    reached.isQueued = true;
    this.#queue.push({ of, reached });
  }

  #visit(of: GroupOf, reached: Reached): void {
    const { step } = reached.node;
    if (step === null) return;
    const thread = of.threads[0]!;
    const resolve = (cell: CellId) => this.#world.resolve(cell, thread);
    const first = Math.min(...reached.windows.map(({ lo }) => lo));
    for (const effect of step.effects) {
      for (const t of of.threads) this.written.add(this.#world.resolve(effect.cell, t));
      noteStore(this.protection, resolve(effect.cell), reached.knows.locks);
      this.pools.effect(effect, thread, first, reached, () => this.#enqueue(of, reached));
    }
    this.#noteDrop(step, reached.knows.locks, resolve);
    const depth = Math.max(0, reached.depth + step.section);
    for (const [value, windows] of this.#observations(step, of, reached)) {
      const knows = knowledgeAfter(reached.knows, step, value, this.#assumed, resolve);
      const edge =
        reached.node.kids.get(value) ??
        of.automaton.successor(
          reached.node,
          value,
          guesser(this.#world, this.pools, this.line, windows, knows, thread),
        );
      reached.options.set(value, edge);
      const isInside = depth > 0 && reached.depth > 0;
      const after = isInside ? windows : windows.map(({ lo }) => ({ lo, opened: this.#length }));
      if (edge.to.round !== reached.node.round) this.#reach(of, edge.to, after, 0, NOTHING_KNOWN);
      else this.#reach(of, edge.to, after, depth, knows);
    }
  }

  /** What the step may return, each with the windows in which the thread then goes on. */
  #observations(step: Step, of: GroupOf, reached: Reached): Iterable<[ValueId, readonly Window[]]> {
    if (step.observe < 0) return [[this.#world.table.nothing, reached.windows]];
    const thread = of.threads[0]!;
    const found = new Map<ValueId, Window[]>();
    const add = (raw: ValueId, window: Window) => {
      const value = step.project === null ? raw : step.project(raw);
      const windows = found.get(value);
      if (windows === undefined) found.set(value, [window]);
      else windows.push(window);
    };
    const key = this.pools.keyOf(step.observe, thread);
    const cell = this.#world.resolve(step.observe, thread);
    const fact = reached.knows.facts.get(cell) ?? null;
    if (fact !== null) this.#rely(cell, reached.knows.locks);
    const isFixed = fact !== null && fact.project === null;
    const fits = (raw: ValueId) => fact?.project == null || fact.project(raw) === fact.value;
    if (!isFixed && key >= 0) this.pools.depend(key, reached, () => this.#enqueue(of, reached));
    for (const window of reached.windows) {
      const { lo, opened } = window;
      const hi = this.hi(reached, window);
      if (isFixed) add(fact.value, window);
      else if (key >= 0) {
        for (const [value, clock] of this.pools.of(key)) {
          if (clock <= hi && fits(value)) add(value, { lo: Math.max(lo, clock), opened });
        }
      } else {
        for (const span of this.pools.spans(step.observe)) {
          const first = Math.max(span.first, lo);
          const last = Math.min(span.last, hi);
          if (first <= last) add(span.value, { lo: first, opened: Math.min(opened, last) });
        }
      }
    }
    return found;
  }

  #rely(cell: CellId, locks: readonly CellId[]): void {
    this.#relied.set(`${cell} ${locks.join()}`, { cell, locks });
  }

  #noteDrop(step: Step, locks: readonly CellId[], resolve: (cell: CellId) => CellId): void {
    if (step.lock < 0 && !locks.includes(resolve(step.effects[0]!.cell)))
      this.dropsStrangersLock = true;
  }

  #lineStores(): void {
    if (this.line === null) return;
    const { thread, steps } = this.line;
    const resolve = (cell: CellId) => this.#world.resolve(cell, thread);
    let locks: readonly CellId[] = [];
    steps.forEach((step, i) => {
      for (const effect of step.effects) {
        noteStore(this.protection, resolve(effect.cell), locks);
        if (this.pools.keyOf(effect.cell, thread) < 0) continue;
        const update = () => this.pools.effect(effect, thread, i + 1, effect, update);
        update();
      }
      this.#noteDrop(step, locks, resolve);
      locks = locksAfter(locks, step, resolve);
    });
  }
}
