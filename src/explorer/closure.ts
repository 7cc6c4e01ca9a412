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

import type { Node } from './automaton.ts';
import { guesser } from './guess.ts';
import { type Line, lineOf, sharedCells } from './line.ts';
import {
  isProtected,
  type Knowledge,
  knowledgeAfter,
  knownInBoth,
  locksAfter,
  noteStore,
  nothingKnown,
  type Protection,
} from './lock-rules.ts';
import { type GroupOf, Pools } from './pools.ts';
import { Reached, ReachedNodes } from './reached.ts';
import type { CellId, Step, ValueId } from './step.ts';
import { type Window, Windows } from './windows.ts';
import type { World } from './world.ts';

export interface Closure {
  readonly line: Line | null;
  /** Per group: the nodes that may be reached. */
  readonly groups: ReadonlyMap<number, ReachedNodes>;
  /** Values of the cells that are part of a state, and those that are functions of the line. */
  readonly pools: Pools;
  /** Locks that were held at every store that was reached. */
  readonly protection: Protection;
  /** Some thread may drop a lock that it does not hold: then locks keep nobody out. */
  readonly dropsStrangersLock: boolean;
  /** The last position at which a node can be current, if it was entered in this window. */
  readonly hi: (reached: Reached, window: Window) => number;
}

/** Above this the closure gives up if not told otherwise; the program is explored without it. */
export const NODES_MAX = 350_000;

/** Completes all automata but the line's. Null if the line is none, or the closure is too large. */
export function close(
  world: World,
  groups: readonly GroupOf[],
  line: Line | null,
  nodesMax: number = NODES_MAX,
): Closure | null {
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
    if (!pass.run(nodesMax)) return null;
    if ([...pass.written].every((cell) => others.has(cell)) && pass.isConfirmed()) return pass;
    others = new Set([...others, ...pass.written]);
    assumed = pass.protection;
  }
}

class Pass implements Closure {
  readonly line: Line | null;
  readonly groups = new Map<number, ReachedNodes>();
  readonly pools: Pools;
  /** Cells, resolved, that threads other than the line write. */
  readonly written = new Set<CellId>();
  readonly protection: Protection = new Map();
  dropsStrangersLock = false;
  readonly #assumed: Protection;
  readonly #relied = new Map<CellId, Set<readonly CellId[]>>();
  readonly #world: World;
  readonly #groupsOf: readonly GroupOf[];
  readonly #length: number;
  readonly #windows: Windows;
  readonly #queue: Reached[] = [];
  readonly #nothing = nothingKnown();
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
    this.#windows = new Windows(this.#length);
  }

  /**
   * Every use that was made of a lock's protection is borne out by the stores that were reached.
   */
  isConfirmed(): boolean {
    return [...this.#relied].every(([cell, all]) =>
      [...all].every((locks) => isProtected(this.protection, cell, locks)),
    );
  }

  run(nodesMax: number): boolean {
    for (const of of this.#groupsOf) {
      this.groups.set(of.group, new ReachedNodes());
      const windows = this.#windows.single(0, this.#length);
      this.#reach(of, of.automaton.root.to, windows, 0, this.#nothing);
    }
    this.#lineStores();
    for (let work = this.#queue.pop(); work !== undefined; work = this.#queue.pop()) {
      work.rest();
      this.#visit(work);
      if (this.#count > nodesMax || this.pools.isTooLarge) return false;
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
    const nodes = this.groups.get(of.group)!;
    let reached = nodes.get(node);
    if (reached === undefined) {
      reached = new Reached(of, node, windows, depth, knows, this.#queue);
      nodes.add(reached);
      this.#count++;
    } else {
      const all = this.#windows.joined(reached.windows, windows);
      const both = knownInBoth(reached.knows, knows);
      if (all === reached.windows && both === reached.knows) return;
      reached.windows = all;
      reached.knows = both;
    }
    reached.wake();
  }

  #visit(reached: Reached): void {
    const { of, node } = reached;
    const { step } = node;
    if (step === null) return;
    const thread = of.threads[0]!;
    const resolve = (cell: CellId) => this.#world.resolve(cell, thread);
    if (step.effects.length > 0) this.#stores(step, reached, resolve);
    const depth = Math.max(0, reached.depth + step.section);
    const isInside = depth > 0 && reached.depth > 0;
    this.#observations(step, reached, (value, windows) => {
      const knows = knowledgeAfter(reached.knows, step, value, this.#assumed, resolve);
      const edge =
        node.kids.get(value) ??
        of.automaton.successor(
          node,
          value,
          guesser(this.#world, this.pools, this.line, windows, knows, thread),
        );
      reached.options.set(value, edge);
      const after = isInside ? windows : this.#windows.closed(windows);
      if (edge.to.round !== node.round) this.#reach(of, edge.to, after, 0, this.#nothing);
      else this.#reach(of, edge.to, after, depth, knows);
    });
  }

  #stores(step: Step, reached: Reached, resolve: (cell: CellId) => CellId): void {
    const { of, knows, windows } = reached;
    const thread = of.threads[0]!;
    const first = windows.length === 1 ? windows[0]!.lo : Math.min(...windows.map(({ lo }) => lo));
    this.#noteDrop(step, knows.locks, resolve);
    for (const effect of step.effects)
      noteStore(this.protection, resolve(effect.cell), knows.locks);
    const { stored } = this.groups.get(of.group)!;
    const known = stored[step.id];
    if (known !== undefined && known <= first) return;
    if (step.effects.every(({ blind }) => blind)) stored[step.id] = first;
    for (const effect of step.effects) {
      for (const t of of.threads) this.written.add(this.#world.resolve(effect.cell, t));
      this.pools.effect(effect, thread, first, reached);
    }
  }

  /** Tells what the step may return, each with the windows in which the thread then goes on. */
  #observations(
    step: Step,
    reached: Reached,
    tell: (value: ValueId, windows: readonly Window[]) => void,
  ): void {
    if (step.observe < 0) {
      tell(this.#world.table.nothing, reached.windows);
      return;
    }
    const thread = reached.of.threads[0]!;
    const cell = this.#world.resolve(step.observe, thread);
    const fact = reached.knows.facts.get(cell);
    if (fact !== undefined) {
      this.#rely(cell, reached.knows.locks);
      if (fact.project === null) {
        const value = step.project === null ? fact.value : step.project(fact.value);
        tell(value, reached.windows);
        return;
      }
    }
    const found = new Map<ValueId, readonly Window[]>();
    const add = (raw: ValueId, lo: number, opened: number) => {
      const value = step.project === null ? raw : step.project(raw);
      const windows = found.get(value);
      const window = this.#windows.single(lo, opened);
      found.set(value, windows === undefined ? window : this.#windows.joined(windows, window));
    };
    const key = this.pools.keyOf(step.observe, thread);
    if (key >= 0) this.pools.depend(key, reached);
    for (const window of reached.windows) {
      const { lo, opened } = window;
      const hi = this.hi(reached, window);
      if (key >= 0) {
        for (const [value, clock] of this.pools.of(key)) {
          const fits = fact === undefined || fact.project!(value) === fact.value;
          if (clock <= hi && fits) add(value, Math.max(lo, clock), opened);
        }
      } else {
        for (const span of this.pools.spans(step.observe)) {
          const first = Math.max(span.first, lo);
          const last = Math.min(span.last, hi);
          if (first <= last) add(span.value, first, Math.min(opened, last));
        }
      }
    }
    for (const [value, windows] of found) tell(value, windows);
  }

  #rely(cell: CellId, locks: readonly CellId[]): void {
    const all = this.#relied.get(cell);
    if (all === undefined) this.#relied.set(cell, new Set([locks]));
    else all.add(locks);
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
        const self = { wake: () => this.pools.effect(effect, thread, i + 1, self) };
        self.wake();
      }
      this.#noteDrop(step, locks, resolve);
      locks = locksAfter(locks, step, resolve);
    });
  }
}
