// SPDX-License-Identifier: GPL-2.0-only
// What happens under every interleaving, one by one? No state is stored and none is skipped, so
// there is nothing here that could be wrong in an interesting way. It also counts in how many
// different orders of dependent steps a program can run. Only for tiny programs.

import { conflicts, Execution, type Footprint, type State } from './dpor-execution.ts';
import { Findings, type Outcome } from './outcome.ts';
import type { MemoryModel, Program } from './program.ts';
import { execute } from './run.ts';
import { StoreBuffers } from './store-buffers.ts';

export interface BruteForceOptions {
  readonly memoryModel: MemoryModel;
  /** Most interleavings to run; more means an incomplete outcome. */
  readonly budgetInterleavings: number;
  readonly wantEnds: boolean;
}

export interface BruteForceOutcome extends Outcome {
  readonly interleavings: number;
  /** Distinct Mazurkiewicz traces; counted under `sc` only, else 0. */
  readonly traces: number;
}

/** Runs a program once for each of its interleavings. */
export function bruteForce(program: Program, options: BruteForceOptions): BruteForceOutcome {
  return new BruteForce(program, options).run();
}

/** A step of the interleaving that is being run. */
interface Event {
  readonly thread: number;
  readonly footprint: Footprint;
  /** How many steps of each thread happen before this one, itself included. */
  readonly clock: readonly number[];
}

class BruteForce {
  readonly #execution: Execution;
  readonly #options: BruteForceOptions;
  readonly #findings: Findings;
  readonly #buffers: StoreBuffers;
  readonly #ends = new Set<string>();
  readonly #traces = new Set<string>();
  readonly #run: Event[] = [];
  #interleavings = 0;
  #transitions = 0;

  constructor(program: Program, options: BruteForceOptions) {
    this.#options = options;
    this.#execution = new Execution(program);
    this.#findings = new Findings(program, this.#execution.events, options.wantEnds);
    this.#buffers = new StoreBuffers(options.memoryModel);
  }

  run(): BruteForceOutcome {
    const initial = this.#execution.initial();
    for (const events of this.#execution.initialEvents()) this.#findings.edge(events);
    const isComplete = this.#buffers.isActive
      ? this.#exploreBuffered(initial, new Array(initial.nodes.length).fill(0))
      : this.#explore(initial);
    const counts = {
      states: 0,
      transitions: this.#transitions,
      executions: this.#interleavings,
      nodes: this.#execution.nodeCount(),
    };
    return {
      ...this.#findings.outcome(isComplete, counts),
      interleavings: this.#interleavings,
      traces: this.#traces.size,
    };
  }

  /** Runs every interleaving that goes on from the state; false if the budget ran out. */
  #explore(state: State): boolean {
    let isStuck = true;
    for (let t = 0; t < state.nodes.length; t++) {
      if (!this.#execution.isEnabled(state, t)) continue;
      isStuck = false;
      this.#transitions++;
      const taken = this.#execution.take(state, t);
      this.#findings.edge(taken.events);
      this.#run.push(this.#event(t, taken.footprint));
      const isComplete = this.#explore(taken.state);
      this.#run.pop();
      if (!isComplete) return false;
    }
    if (!isStuck) return true;
    this.#traces.add(this.#trace());
    return this.#end(state, '');
  }

  #event(thread: number, footprint: Footprint): Event {
    const clock: number[] = new Array(this.#execution.threads).fill(0);
    for (const event of this.#run) {
      if (event.thread !== thread && !conflicts(event.footprint, footprint)) continue;
      event.clock.forEach((count, t) => {
        if (count > clock[t]!) clock[t] = count;
      });
    }
    clock[thread]!++;
    return { thread, footprint, clock };
  }

  /** The order of dependent steps; what each step did follows, since threads are functions. */
  #trace(): string {
    const columns: string[][] = Array.from({ length: this.#execution.threads }, () => []);
    for (const { thread, clock } of this.#run) columns[thread]!.push(clock.join('.'));
    return columns.map((column) => column.join(' ')).join('|');
  }

  #end(state: State, buffers: string): boolean {
    this.#interleavings++;
    const key = this.#execution.keyOf(state) + buffers;
    if (!this.#ends.has(key)) {
      this.#ends.add(key);
      this.#findings.end(this.#execution.endOf(state));
    }
    return this.#interleavings < this.#options.budgetInterleavings;
  }

  /** The same with store buffers: a flush is a move of its own. */
  #exploreBuffered(state: State, buffers: readonly number[]): boolean {
    let isStuck = true;
    for (let t = 0; t < state.nodes.length; t++) {
      for (const [next, buffer] of this.#bufferedMoves(state, buffers[t]!, t)) {
        isStuck = false;
        this.#transitions++;
        if (!this.#exploreBuffered(next, buffers.with(t, buffer))) return false;
      }
    }
    return isStuck ? this.#end(state, buffers.join()) : true;
  }

  *#bufferedMoves(state: State, buffer: number, t: number): Generator<[State, number]> {
    const { world } = this.#execution.program;
    const { step } = state.nodes[t]!;
    if (step !== null && this.#execution.isEnabled(state, t)) {
      if (this.#buffers.allows(step, buffer)) {
        const seen = this.#buffers.forwarded(buffer, step);
        const isDelayed = this.#buffers.delays(step);
        const taken = this.#execution.take(state, t, isDelayed ? null : seen);
        this.#findings.edge(taken.events);
        yield isDelayed
          ? [{ ...taken.state, cells: state.cells }, this.#buffers.push(buffer, step)]
          : [taken.state, buffer];
      }
    }
    for (const flush of this.#buffers.flushes(buffer)) {
      const cells = world.initial.map((value, cell) => state.cells[cell] ?? value);
      execute(world, flush.step, t, cells);
      yield [{ nodes: state.nodes, cells }, flush.rest];
    }
  }
}
