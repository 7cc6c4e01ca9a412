// SPDX-License-Identifier: GPL-2.0-only
// How does a program look to the search for counterexamples that cannot be analysed? As in the
// plain search: the node and the store buffer of each thread, and all cells.

import { type Automaton, automata, type Edge, type Node } from './automaton.ts';
import type { Hop, Space } from './counterexample.ts';
import { type TurnMove, turnsOf } from './counterexample-turns.ts';
import { eventsOf } from './outcome.ts';
import type { MemoryModel, Program } from './program.ts';
import { execute, observe } from './run.ts';
import type { Turn } from './schedule.ts';
import type { Step } from './step.ts';
import { StoreBuffers } from './store-buffers.ts';

/** The space of a program without any reduction. */
export function plainSpace(
  program: Program,
  memoryModel: MemoryModel,
  wantObservables: boolean,
): Space {
  return new PlainSpace(program, memoryModel, wantObservables);
}

class PlainSpace implements Space {
  readonly first;
  readonly #program: Program;
  readonly #automata: readonly Automaton[];
  readonly #events;
  readonly #buffers: StoreBuffers;
  readonly #wantObservables: boolean;
  readonly #boot: readonly number[];

  constructor(program: Program, memoryModel: MemoryModel, wantObservables: boolean) {
    this.#program = program;
    this.#wantObservables = wantObservables;
    const { of, events } = automata(program.world, program.threads);
    this.#automata = of;
    this.#events = events;
    this.#buffers = new StoreBuffers(memoryModel);
    this.#boot = [...program.world.memory];
    this.first = of.map(({ root }) => events.list(root.events));
  }

  initial(): Int32Array {
    const state = new Int32Array(2 * this.#automata.length);
    this.#automata.forEach(({ root }, t) => {
      state[t] = root.to.id;
    });
    return state;
  }

  *hops(state: Int32Array): Generator<Hop> {
    const threads = this.#automata.length;
    const { world } = this.#program;
    for (let thread = 0; thread < threads; thread++) {
      const { step } = this.#node(state, thread);
      if (step !== null && this.#isEnabled(step, state, thread)) {
        const isForced = this.#isPending(step, state, thread);
        if (this.#buffers.delays(step)) yield { ...this.#delayed(step, state, thread), isForced };
        if (!isForced) yield this.#stepped(step, state, thread);
      }
      const buffer = state[threads + thread]!;
      for (const flush of this.#buffers.flushes(buffer)) {
        const cells = this.#cellsOf(state);
        execute(world, flush.step, thread, cells);
        const next = state.slice(0, 2 * threads);
        next[threads + thread] = flush.rest;
        const store = this.#buffers.stores(buffer).indexOf(flush.step);
        yield {
          thread,
          how: 'flush',
          store,
          isForced: false,
          state: this.#write(next, cells),
          events: [],
        };
      }
    }
  }

  judge(state: Int32Array) {
    const nodes = this.#automata.map((_, t) => this.#node(state, t));
    const isRunning = nodes.some((node) => node.step !== null);
    const hasCrashed = nodes.some((node) => node.crash !== null);
    const kind = isRunning && !hasCrashed ? 'deadlock' : 'done';
    const results = nodes.map((node) => node.result ?? []);
    const end = { kind, cells: [...this.#cellsOf(state)], results } as const;
    return eventsOf(this.#program, end, this.#wantObservables);
  }

  turns(path: readonly TurnMove[]): readonly Turn[] {
    return turnsOf(path);
  }

  #stepped(step: Step, state: Int32Array, thread: number): Hop {
    const { world } = this.#program;
    const cells = this.#cellsOf(state);
    const buffer = state[this.#automata.length + thread]!;
    const observed = this.#buffers.forwarded(buffer, step) ?? execute(world, step, thread, cells);
    return { ...this.#after(state, thread, observed, cells), how: 'step' };
  }

  #delayed(step: Step, state: Int32Array, thread: number): Hop {
    const threads = this.#automata.length;
    const cells = this.#cellsOf(state);
    const observed = observe(this.#program.world, step, thread, cells);
    const hop = this.#after(state, thread, observed, cells);
    hop.state[threads + thread] = this.#buffers.push(state[threads + thread]!, step);
    return { ...hop, how: 'delay' };
  }

  #after(state: Int32Array, thread: number, observed: number, cells: Int32Array) {
    const edge: Edge = this.#automata[thread]!.successor(this.#node(state, thread), observed);
    const next = state.slice(0, 2 * this.#automata.length);
    next[thread] = edge.to.id;
    const events = this.#events.list(edge.events);
    return { thread, store: -1, isForced: false, state: this.#write(next, cells), events };
  }

  /** An older store of the thread to the same place has not reached memory. */
  #isPending(step: Step, state: Int32Array, thread: number): boolean {
    if (!step.plainStore) return false;
    const stores = this.#buffers.stores(state[this.#automata.length + thread]!);
    return stores.some((store) => store.location === step.location);
  }

  #isEnabled(step: Step, state: Int32Array, thread: number): boolean {
    const { world } = this.#program;
    if (!this.#buffers.allows(step, state[this.#automata.length + thread]!)) return false;
    return step.waits.every(({ cell, ready }) =>
      ready(this.#cell(state, world.resolve(cell, thread))),
    );
  }

  #node(state: Int32Array, thread: number): Node {
    return this.#automata[thread]!.nodes[state[thread]!]!;
  }

  /** A cell that holds what it held after boot is 0. Cells that do not exist yet are 0 too. */
  #cell(state: Int32Array, cell: number): number {
    const word = state[2 * this.#automata.length + cell] ?? 0;
    return word === 0 ? this.#booted(cell) : word - 1;
  }

  #cellsOf(state: Int32Array): Int32Array {
    const cells = new Int32Array(this.#program.world.initial.length);
    for (let cell = 0; cell < cells.length; cell++) cells[cell] = this.#cell(state, cell);
    return cells;
  }

  #write(state: Int32Array, cells: Int32Array): Int32Array {
    const { initial } = this.#program.world;
    const base = 2 * this.#automata.length;
    const written = new Int32Array(base + initial.length);
    for (let i = 0; i < base; i++) written[i] = state[i]!;
    for (let cell = 0; cell < initial.length; cell++) {
      const now = cell < cells.length ? cells[cell]! : initial[cell]!;
      written[base + cell] = now === this.#booted(cell) ? 0 : now + 1;
    }
    return written;
  }

  /** Judging an end uses the world's memory, so what boot left there is kept apart. */
  #booted(cell: number): number {
    return cell < this.#boot.length ? this.#boot[cell]! : this.#program.world.initial[cell]!;
  }
}
