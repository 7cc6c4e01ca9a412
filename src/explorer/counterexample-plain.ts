// SPDX-License-Identifier: GPL-2.0-only
// How does a program look to the search for counterexamples that cannot be analysed? As in the plain
// search: the node and the store buffer of each thread, and all cells.

import { type Automaton, automata, type Edge, type Node } from './automaton.ts';
import type { Goal, Hop, PathHop, Space } from './counterexample.ts';
import { turnsOf } from './counterexample-turns.ts';
import { judge } from './outcome.ts';
import type { MemoryModel, Program } from './program.ts';
import { execute, observe } from './run.ts';
import type { Turn } from './schedule.ts';
import type { Step } from './step.ts';
import { StoreBuffers } from './store-buffers.ts';

/** The space of a program without any reduction. */
export function plainSpace(program: Program, memoryModel: MemoryModel): Space {
  return new PlainSpace(program, memoryModel);
}

class PlainSpace implements Space {
  readonly first;
  readonly #program: Program;
  readonly #automata: readonly Automaton[];
  readonly #events;
  readonly #buffers: StoreBuffers;
  readonly #boot: readonly number[];

  constructor(program: Program, memoryModel: MemoryModel) {
    this.#program = program;
    const { of, events } = automata(program.world, program.threads);
    this.#automata = of;
    this.#events = events;
    this.#buffers = new StoreBuffers(program.world, memoryModel);
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
      if (step !== null && this.#isEnabled(step, state, thread))
        yield this.#stepped(step, state, thread);
      const buffer = state[threads + thread]!;
      for (const flush of this.#buffers.flushes(buffer)) {
        const cells = this.#cellsOf(state);
        execute(world, flush.step, thread, cells);
        const next = state.slice();
        next[threads + thread] = flush.rest;
        const index = this.#buffers.stores(buffer).indexOf(flush.step);
        yield { thread, flush: index, state: this.#write(next, cells), events: [] };
      }
    }
  }

  judge(state: Int32Array) {
    const nodes = this.#automata.map((_, t) => this.#node(state, t));
    const isRunning = nodes.some((node) => node.step !== null);
    const hasCrashed = nodes.some((node) => node.crash !== null);
    const kind = isRunning && !hasCrashed ? 'deadlock' : 'done';
    const results = nodes.map((node) => node.result ?? []);
    return judge(this.#program, { kind, cells: this.#cellsOf(state), results }).events;
  }

  turns(path: readonly PathHop[], _goal: Goal): readonly Turn[] {
    return turnsOf(path);
  }

  #stepped(step: Step, state: Int32Array, thread: number): Hop {
    const { world } = this.#program;
    const threads = this.#automata.length;
    const cells = this.#cellsOf(state);
    const next = state.slice();
    const buffer = state[threads + thread]!;
    let observed: number;
    if (this.#buffers.delays(step)) {
      observed = observe(world, step, thread, cells);
      next[threads + thread] = this.#buffers.push(buffer, step);
    } else {
      observed = this.#buffers.forwarded(buffer, step) ?? execute(world, step, thread, cells);
    }
    const edge: Edge = this.#automata[thread]!.successor(this.#node(state, thread), observed);
    next[thread] = edge.to.id;
    const events = this.#events.list(edge.events);
    return { thread, flush: -1, state: this.#write(next, cells), events };
  }

  #isEnabled(step: Step, state: Int32Array, thread: number): boolean {
    const { world } = this.#program;
    if (!this.#buffers.allows(step, state[this.#automata.length + thread]!)) return false;
    const cells = this.#cellsOf(state);
    return step.waits.every((wait) => wait.ready(cells[world.resolve(wait.cell, thread)]!));
  }

  #node(state: Int32Array, thread: number): Node {
    return this.#automata[thread]!.nodes[state[thread]!]!;
  }

  /** A cell that holds what it held after boot is 0. Cells that do not exist yet are 0 too. */
  #cellsOf(state: Int32Array): number[] {
    const base = 2 * this.#automata.length;
    return this.#program.world.initial.map((_, cell) => {
      const word = state[base + cell] ?? 0;
      return word === 0 ? this.#booted(cell) : word - 1;
    });
  }

  #write(state: Int32Array, cells: readonly number[]): Int32Array {
    const { initial } = this.#program.world;
    const base = 2 * this.#automata.length;
    const written = new Int32Array(base + initial.length);
    written.set(state.subarray(0, base));
    initial.forEach((value, cell) => {
      const now = cells[cell] ?? value;
      written[base + cell] = now === this.#booted(cell) ? 0 : now + 1;
    });
    return written;
  }

  /** Judging an end uses the world's memory, so what boot left there is kept apart. */
  #booted(cell: number): number {
    return this.#boot[cell] ?? this.#program.world.initial[cell]!;
  }
}
