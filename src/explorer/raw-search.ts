// SPDX-License-Identifier: GPL-2.0-only
// What happens under every interleaving, with no reduction but equality of states? The plain
// search: slow, short, and the judge of the faster ones. It needs no analysis of the threads, so it
// also explores what the others cannot.

import { type Automaton, automata, type Edge, type Node } from './automaton.ts';
import { type Counts, Findings, type Outcome } from './outcome.ts';
import type { End, MemoryModel, Program } from './program.ts';
import { RowSet } from './rows.ts';
import { execute, observe } from './run.ts';
import type { Step } from './step.ts';
import { StoreBuffers } from './store-buffers.ts';

export interface RawOptions {
  readonly memoryModel: MemoryModel;
  /** Most states to store; more means an incomplete outcome. */
  readonly budgetStates: number;
  readonly wantEnds: boolean;
  readonly wantObservables?: boolean;
}

/** Explores a program by depth-first search over stored states. */
export function rawSearch(program: Program, options: RawOptions): Outcome {
  return new RawSearch(program, options).run();
}

/** A state being worked on: the node and store buffer of each thread, and all cells. */
interface State {
  readonly nodes: Int32Array;
  readonly buffers: Int32Array;
  readonly cells: number[];
}

class RawSearch {
  readonly program: Program;
  readonly options: RawOptions;
  readonly automataOf: Automaton[];
  readonly findings: Findings;
  readonly buffers: StoreBuffers;
  readonly rows: RowSet;
  #row: Int32Array;
  #transitions = 0;

  constructor(program: Program, options: RawOptions) {
    this.program = program;
    this.options = options;
    const { of, events } = automata(program.world, program.threads);
    this.automataOf = of;
    this.findings = new Findings(program, events, options.wantEnds, options.wantObservables);
    this.buffers = new StoreBuffers(options.memoryModel);
    this.rows = new RowSet(2 * of.length + 32);
    this.#row = new Int32Array(this.rows.width);
  }

  run(): Outcome {
    const { world } = this.program;
    const nodes = Int32Array.from(this.automataOf, (automaton) => this.#enter(automaton.root));
    const cells = world.initial.map((value, cell) => world.memory[cell] ?? value);
    const stack = [this.#add({ nodes, buffers: new Int32Array(nodes.length), cells })];
    while (stack.length > 0) {
      if (this.rows.size > this.options.budgetStates) {
        return this.findings.outcome(false, this.#counts());
      }
      this.#expand(this.#read(stack.pop()!), stack);
    }
    return this.findings.outcome(true, this.#counts());
  }

  #expand(state: State, stack: number[]): void {
    let isStuck = true;
    for (let t = 0; t < this.automataOf.length; t++) {
      for (const next of this.#moves(state, t)) {
        isStuck = false;
        this.#transitions++;
        const added = this.#add(next);
        if (added >= 0) stack.push(added);
      }
    }
    if (isStuck) this.findings.end(this.#endOf(state));
  }

  /** All states that one move of thread t leads to: its step, or a flush of its store buffer. */
  *#moves(state: State, t: number): Generator<State> {
    const { step } = this.#node(state, t);
    if (step !== null && this.#isEnabled(step, state, t)) yield this.#moved(state, t, step);
    for (const flush of this.buffers.flushes(state.buffers[t]!)) {
      const next = copyOf(state);
      next.buffers[t] = flush.rest;
      execute(this.program.world, flush.step, t, next.cells);
      yield next;
    }
  }

  #isEnabled(step: Step, state: State, t: number): boolean {
    if (!this.buffers.allows(step, state.buffers[t]!)) return false;
    const { world } = this.program;
    return step.waits.every((wait) => wait.ready(state.cells[world.resolve(wait.cell, t)]!));
  }

  #moved(state: State, t: number, step: Step): State {
    const { world } = this.program;
    const next = copyOf(state);
    let observed: number;
    if (this.buffers.delays(step)) {
      observed = observe(world, step, t, state.cells);
      next.buffers[t] = this.buffers.push(state.buffers[t]!, step);
    } else {
      observed =
        this.buffers.forwarded(state.buffers[t]!, step) ?? execute(world, step, t, next.cells);
    }
    const edge = this.automataOf[t]!.successor(this.#node(state, t), observed);
    next.nodes[t] = this.#enter(edge);
    // The thread may have named an object that nobody wrote yet.
    for (let c = next.cells.length; c < world.initial.length; c++)
      next.cells.push(world.initial[c]!);
    return next;
  }

  #enter(edge: Edge): number {
    this.findings.edge(edge.events);
    return edge.to.id;
  }

  #node(state: State, t: number): Node {
    return this.automataOf[t]!.nodes[state.nodes[t]!]!;
  }

  /**
   * In a row, a cell that holds its initial value is 0, so cells that do not exist yet are 0 too.
   */
  #add(state: State): number {
    const { initial } = this.program.world;
    const threads = state.nodes.length;
    const width = 2 * threads + initial.length;
    if (width > this.rows.width) {
      this.rows.widen(width + 32, () => 0);
      this.#row = new Int32Array(this.rows.width);
    }
    const row = this.#row.fill(0);
    row.set(state.nodes);
    row.set(state.buffers, threads);
    state.cells.forEach((value, cell) => {
      row[2 * threads + cell] = value === initial[cell] ? 0 : value + 1;
    });
    return this.rows.add(row);
  }

  #read(id: number): State {
    const { initial } = this.program.world;
    const threads = this.automataOf.length;
    const row = new Int32Array(this.rows.width);
    this.rows.read(id, row);
    const cells = initial.map((value, cell) => {
      const word = row[2 * threads + cell] ?? 0;
      return word === 0 ? value : word - 1;
    });
    return { nodes: row.slice(0, threads), buffers: row.slice(threads, 2 * threads), cells };
  }

  #endOf(state: State): End {
    const nodes = Array.from(state.nodes, (_, t) => this.#node(state, t));
    const isRunning = nodes.some((node) => node.step !== null);
    // A thread that crashed may leave others waiting; that is its crash, not a deadlock.
    const hasCrashed = nodes.some((node) => node.crash !== null);
    const results = nodes.map((node) => node.result ?? []);
    return { kind: isRunning && !hasCrashed ? 'deadlock' : 'done', cells: state.cells, results };
  }

  #counts(): Counts {
    const nodes = [...new Set(this.automataOf)].reduce((sum, a) => sum + a.nodes.length, 0);
    return { states: this.rows.size, transitions: this.#transitions, executions: 0, nodes };
  }
}

function copyOf(state: State): State {
  return { nodes: state.nodes.slice(), buffers: state.buffers.slice(), cells: [...state.cells] };
}
