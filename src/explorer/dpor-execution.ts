// SPDX-License-Identifier: GPL-2.0-only
// What does one step do to a state, and what did it touch on the way? States of one execution
// under sequential consistency, for engines that run executions one by one.

import { type Automaton, automata, type Node } from './automaton.ts';
import type { EventTable } from './events.ts';
import type { End, Program } from './program.ts';
import { execute } from './run.ts';
import type { CellId, Step, ValueId } from './step.ts';

/** The node of each thread and all cells; never changed after it was made. */
export interface State {
  readonly nodes: readonly Node[];
  readonly cells: readonly ValueId[];
}

/**
 * What a step touched in the state that it ran in; cells are real ones, in no order. An effect that
 * left a cell as it was counts as a read of the cell, also if it is a blind one: the step then only
 * says what the cell held.
 *
 * Why that is sound: if neither of two neighbours changes a cell that the other one touches, each
 * finds the same values on either side of the other, so both do the same and touch the same cells
 * after they are swapped. Swapping back gives the converse: dependent neighbours stay dependent.
 * Calling such an effect no access at all is wrong: of two stores of 1 to a cell that holds 0 the
 * first is the change and the second is not, and which is which would follow from no order.
 */
export interface Footprint {
  readonly reads: readonly CellId[];
  readonly writes: readonly CellId[];
}

/** One executed step. */
export interface Taken {
  readonly state: State;
  readonly footprint: Footprint;
  /** What the thread reported on the way, as a number of the event table. */
  readonly events: number;
}

export class Execution {
  readonly program: Program;
  readonly automataOf: readonly Automaton[];
  readonly events: EventTable;
  readonly threads: number;
  /** Races ask again and again what the same threads would touch in the same states. */
  readonly #footprints = new WeakMap<State, (Footprint | undefined)[]>();
  readonly #touched: (readonly CellId[] | undefined)[] = [];

  constructor(program: Program) {
    this.program = program;
    const { of, events } = automata(program.world, program.threads);
    this.automataOf = of;
    this.events = events;
    this.threads = of.length;
  }

  /** Where all executions begin. */
  initial(): State {
    const { world } = this.program;
    const nodes = this.automataOf.map((automaton) => automaton.root.to);
    return { nodes, cells: world.initial.map((value, cell) => world.memory[cell] ?? value) };
  }

  /** Events that the threads report before their first steps. */
  initialEvents(): readonly number[] {
    return this.automataOf.map((automaton) => automaton.root.events);
  }

  /** False if the thread has ended or has to wait. */
  isEnabled(state: State, thread: number): boolean {
    const { step } = state.nodes[thread]!;
    if (step === null) return false;
    const { world } = this.program;
    return step.waits.every((wait) =>
      wait.ready(valueIn(world.initial, state, world.resolve(wait.cell, thread))),
    );
  }

  /** Executes the next step of a thread that is enabled; `seen` overrules what a load observes. */
  take(state: State, thread: number, seen: ValueId | null = null): Taken {
    const { world } = this.program;
    const step = state.nodes[thread]!.step!;
    const before = this.#complete(state);
    const cells = before.slice();
    const observed = seen ?? execute(world, step, thread, cells);
    const edge = this.automataOf[thread]!.successor(state.nodes[thread]!, observed);
    const nodes = state.nodes.slice();
    nodes[thread] = edge.to;
    const footprint = footprintOf(step, this.touched(step, thread), before, cells);
    return { state: { nodes, cells }, footprint, events: edge.events };
  }

  /** What the next step of an enabled thread would touch. */
  footprint(state: State, thread: number): Footprint {
    let ofState = this.#footprints.get(state);
    if (ofState === undefined) {
      ofState = [];
      this.#footprints.set(state, ofState);
    }
    ofState[thread] ??= this.#footprintOf(state, thread);
    return ofState[thread];
  }

  #footprintOf(state: State, thread: number): Footprint {
    const step = state.nodes[thread]!.step!;
    const before = this.#complete(state);
    const cells = before.slice();
    execute(this.program.world, step, thread, cells);
    return footprintOf(step, this.touched(step, thread), before, cells);
  }

  /** All cells that a step of the thread may read or write. */
  touched(step: Step, thread: number): readonly CellId[] {
    const key = step.id * this.threads + thread;
    let found = this.#touched[key];
    if (found === undefined) {
      const { world } = this.program;
      found = [...new Set([...step.reads, ...step.writes].map((c) => world.resolve(c, thread)))];
      this.#touched[key] = found;
    }
    return found;
  }

  /** The state as an end: at rest, or stuck. */
  endOf(state: State): End {
    const isRunning = state.nodes.some((node) => node.step !== null);
    // A thread that crashed may leave others waiting; that is its crash, not a deadlock.
    const hasCrashed = state.nodes.some((node) => node.crash !== null);
    return {
      kind: isRunning && !hasCrashed ? 'deadlock' : 'done',
      cells: this.#complete(state),
      results: state.nodes.map((node) => node.result ?? []),
    };
  }

  /** A text that is equal for equal states of this execution. */
  keyOf(state: State): string {
    const { initial } = this.program.world;
    const changed = state.cells.map((value, cell) => (value === initial[cell] ? '' : value));
    return `${state.nodes.map((node) => node.id).join()};${changed.join().replace(/,+$/, '')}`;
  }

  /** Nodes of all automata. */
  nodeCount(): number {
    return [...new Set(this.automataOf)].reduce((sum, a) => sum + a.nodes.length, 0);
  }

  /** A thread may have named an object since the state was made: nobody has written it yet. */
  #complete(state: State): ValueId[] {
    const { initial } = this.program.world;
    const cells = state.cells as ValueId[];
    return cells.length === initial.length
      ? cells
      : initial.map((value, cell) => cells[cell] ?? value);
  }
}

function valueIn(initial: readonly ValueId[], state: State, cell: CellId): ValueId {
  return state.cells[cell] ?? initial[cell]!;
}

function footprintOf(
  step: Step,
  touched: readonly CellId[],
  before: readonly ValueId[],
  after: readonly ValueId[],
): Footprint {
  if (step.effects.length === 0) return { reads: touched, writes: [] };
  const reads: CellId[] = [];
  const writes: CellId[] = [];
  for (const cell of touched) (before[cell] === after[cell] ? reads : writes).push(cell);
  return { reads, writes };
}

/** True if two steps may not be swapped: one changed a cell that the other one touched. */
export function conflicts(a: Footprint, b: Footprint): boolean {
  return meets(a.writes, b.writes) || meets(a.writes, b.reads) || meets(a.reads, b.writes);
}

/** True if two lists of cells have one in common. */
export function meets(a: readonly CellId[], b: readonly CellId[]): boolean {
  for (const cell of a) if (b.includes(cell)) return true;
  return false;
}
