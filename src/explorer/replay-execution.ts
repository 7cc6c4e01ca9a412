// SPDX-License-Identifier: GPL-2.0-only
// What does one execution do, step by step? The threads of a program on their plain automata: no
// reduction, no search, one chosen move after the other. A store reaches memory at once unless it
// is taken as delayed. Store buffers have no depth here: a bound of a search is no rule of the
// model.

import type { Automaton, Edge, Node } from './automaton.ts';
import type { EventTable } from './events.ts';
import type { End, MemoryModel, Program } from './program.ts';
import { execute, observe, type RunEvent } from './run.ts';
import type { Step, ValueId } from './step.ts';

/** One move that was made. */
export interface Move {
  readonly thread: number;
  /** Where the thread stood; null if a delayed store reaches memory. */
  readonly from: Node | null;
  readonly step: Step;
  readonly observed: ValueId;
  /** The step is a store that has not reached memory yet. */
  readonly isDelayed: boolean;
  readonly events: readonly RunEvent[];
}

export class Execution {
  readonly nodes: Node[] = [];
  /** Stores of each thread that have not reached memory, oldest first. */
  readonly buffers: Step[][];
  readonly cells: ValueId[];
  /** Events of the threads' beginnings, before any step. */
  readonly first: readonly RunEvent[][];
  readonly #program: Program;
  readonly #automata: readonly Automaton[];
  readonly #events: EventTable;
  readonly #isBuffered: boolean;

  constructor(
    program: Program,
    automata: readonly Automaton[],
    events: EventTable,
    memoryModel: MemoryModel,
    boot: readonly ValueId[] = program.world.memory,
  ) {
    const { world } = program;
    this.#program = program;
    this.#automata = automata;
    this.#events = events;
    this.#isBuffered = memoryModel !== 'sc';
    this.first = automata.map(({ root }, t) => this.#enter(t, root));
    this.buffers = automata.map(() => []);
    this.cells = world.initial.map((value, cell) => boot[cell] ?? value);
  }

  /** The next step of a thread; null if it has ended. */
  next(thread: number): Step | null {
    return this.nodes[thread]!.step;
  }

  /** True if the thread has a step and nothing blocks it. */
  isEnabled(thread: number): boolean {
    const step = this.next(thread);
    if (step === null || (step.fence && this.buffers[thread]!.length > 0)) return false;
    if (step.plainStore && this.#isPending(thread, step)) return false;
    const { world } = this.#program;
    return step.waits.every((wait) => wait.ready(this.cells[world.resolve(wait.cell, thread)]!));
  }

  /** True if the next step is a store that may wait in the buffer. */
  isDelayable(thread: number): boolean {
    return this.#isBuffered && this.next(thread)?.plainStore === true;
  }

  /**
   * Takes the next step of a thread. The caller has made sure that it is enabled, or that it may be
   * delayed.
   */
  take(thread: number, isDelayed: boolean): Move {
    const { world } = this.#program;
    const node = this.nodes[thread]!;
    const step = node.step!;
    let observed: ValueId;
    if (isDelayed) {
      observed = observe(world, step, thread, this.cells);
      this.buffers[thread]!.push(step);
    } else {
      observed = this.#forwarded(thread, step) ?? execute(world, step, thread, this.cells);
    }
    const events = this.#enter(thread, this.#automata[thread]!.successor(node, observed));
    // The thread may have named an object that nobody wrote yet.
    for (let c = this.cells.length; c < world.initial.length; c++)
      this.cells.push(world.initial[c]!);
    return { thread, from: node, step, observed, isDelayed, events };
  }

  /** True if the store at this place of the buffer may reach memory next. */
  mayFlush(thread: number, index: number): boolean {
    const buffer = this.buffers[thread]!;
    const store = buffer[index];
    return store !== undefined && buffer.findIndex((s) => s.location === store.location) === index;
  }

  /** The delayed store at this place of the thread's buffer reaches memory. */
  flush(thread: number, index: number): Move {
    const [step] = this.buffers[thread]!.splice(index, 1) as [Step];
    const { world } = this.#program;
    const observed = execute(world, step, thread, this.cells);
    return { thread, from: null, step, observed, isDelayed: false, events: [] };
  }

  /** The end that was reached; null while some thread can go on. */
  end(): End | null {
    const threads = this.nodes.keys();
    if ([...threads].some((t) => this.isEnabled(t) || this.buffers[t]!.length > 0)) return null;
    const isRunning = this.nodes.some((node) => node.step !== null);
    const hasCrashed = this.nodes.some((node) => node.crash !== null);
    return {
      kind: isRunning && !hasCrashed ? 'deadlock' : 'done',
      cells: this.cells,
      results: this.nodes.map((node) => node.result ?? []),
    };
  }

  #enter(thread: number, edge: Edge): RunEvent[] {
    this.nodes[thread] = edge.to;
    return [...this.#events.list(edge.events)];
  }

  /** An older store to the same place has not reached memory. */
  #isPending(thread: number, step: Step): boolean {
    return this.buffers[thread]!.some((store) => store.location === step.location);
  }

  #forwarded(thread: number, step: Step): ValueId | null {
    if (step.location < 0) return null;
    return this.buffers[thread]!.findLast((s) => s.location === step.location)?.stored ?? null;
  }
}
