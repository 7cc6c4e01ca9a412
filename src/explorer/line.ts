// SPDX-License-Identifier: GPL-2.0-only
// Which thread never depends on another? An updater reads only what it alone writes, so its
// automaton is a straight line, and every cell that it alone writes is a function of its position
// on that line. Such cells need no place in a state, and a reader that knows "the updater was at
// least here" can only see what was stored from there on.

import type { Automaton, Node } from './automaton.ts';
import type { MemoryModel } from './program.ts';
import { execute, type Guess } from './run.ts';
import type { CellId, Effect, Step, ValueId } from './step.ts';
import type { World } from './world.ts';

/**
 * A value that a cell holds while the line is at the positions `first` to `last`, both included.
 */
export interface Span {
  readonly value: ValueId;
  readonly first: number;
  readonly last: number;
}

export interface Line {
  readonly thread: number;
  /** `steps[i]` is taken from position i to position i + 1. */
  readonly steps: readonly Step[];
  readonly nodes: readonly Node[];
  /** Events on the way to each position; `events[0]` belongs to the start. */
  readonly events: readonly number[];
  /** Cells whose values the thread has seen. Nobody else may write them. */
  readonly seen: ReadonlySet<CellId>;
  /** Memory at each position, were the thread alone. */
  readonly memory: readonly Int32Array[];
  /**
   * For each position the end of the grace period whose beginning comes next, or the end of the
   * line.
   */
  readonly graceBound: readonly number[];
  /** For each step i the position at which all stores up to i have surely reached memory. */
  readonly drained: readonly number[];
}

/** Longer threads are no lines for us; they are explored without this knowledge. */
const LENGTH_MAX = 5_000;

/** Runs thread t alone. Null if it waits for somebody else, or does not end. */
export function lineOf(
  world: World,
  automaton: Automaton,
  thread: number,
  memoryModel: MemoryModel,
): Line | null {
  const steps: Step[] = [];
  const nodes: Node[] = [automaton.root.to];
  const events = [automaton.root.events];
  const seen = new Set<CellId>();
  const start = Int32Array.from(world.initial, (value, c) => world.memory[c] ?? value);
  const memory: Int32Array[] = [start];
  for (let node = automaton.root.to; node.step !== null; ) {
    const { step } = node;
    if (steps.length >= LENGTH_MAX) return null;
    let cells: Int32Array = memory.at(-1)!.slice();
    if (!step.waits.every((wait) => wait.ready(cells[world.resolve(wait.cell, thread)]!)))
      return null;
    if (step.observe >= 0) seen.add(world.resolve(step.observe, thread));
    const observed = execute(world, step, thread, cells);
    const edge = automaton.successor(node, observed, aloneFrom(world, thread, cells));
    if (cells.length < world.initial.length) cells = extended(world, cells);
    steps.push(step);
    memory.push(cells);
    events.push(edge.events);
    nodes.push(edge.to);
    node = edge.to;
  }
  return {
    thread,
    steps,
    nodes,
    events,
    seen,
    memory: memory.map((cells) => extended(world, cells)),
    graceBound: graceBounds(steps),
    drained: drainPoints(steps, memoryModel),
  };
}

/** What the thread observes from a memory on if nobody moves: one run finds all of the line. */
function aloneFrom(world: World, thread: number, memory: Int32Array): Guess {
  let cells: Int32Array | null = null;
  return (step) => {
    cells = extended(world, cells ?? memory.slice());
    const now = cells;
    if (!step.waits.every((wait) => wait.ready(now[world.resolve(wait.cell, thread)]!)))
      return null;
    return execute(world, step, thread, now);
  };
}

function extended(world: World, cells: Int32Array): Int32Array {
  if (cells.length === world.initial.length) return cells;
  const longer = Int32Array.from(world.initial);
  longer.set(cells);
  return longer;
}

/**
 * A section that was open at position p cannot see past the end of the next grace period to begin.
 */
function graceBounds(steps: readonly Step[]): number[] {
  const bounds = new Array<number>(steps.length + 1).fill(steps.length);
  let bound = steps.length;
  let end = -1;
  for (let i = steps.length - 1; i >= 0; i--) {
    if (steps[i]!.grace === 'end') end = i;
    if (steps[i]!.grace === 'begin') bound = end < 0 ? steps.length : end;
    bounds[i] = bound;
  }
  return bounds;
}

function drainPoints(steps: readonly Step[], memoryModel: MemoryModel): number[] {
  const points = new Array<number>(steps.length).fill(0);
  let fence = steps.length;
  for (let i = steps.length - 1; i >= 0; i--) {
    if (steps[i]!.fence) fence = i;
    points[i] = memoryModel === 'sc' || !steps[i]!.plainStore ? i : fence;
  }
  return points;
}

/** The values of a cell along the line, oldest first. A store may stay in a buffer for a while. */
export function spansOf(world: World, line: Line, cell: CellId): Span[] {
  const spans: Span[] = [];
  let value = line.memory[0]![cell] ?? world.initial[cell]!;
  let first = 0;
  // A cell that was made after the line ran is not the line's.
  if (cell >= line.memory[0]!.length) return [{ value, first, last: line.steps.length }];
  line.steps.forEach((step, i) => {
    const after = line.memory[i + 1]![cell]!;
    if (after === value && !writes(world, line, step, cell)) return;
    spans.push({ value, first, last: line.drained[i]! });
    value = after;
    first = i + 1;
  });
  spans.push({ value, first, last: line.steps.length });
  return spans;
}

function writes(world: World, line: Line, step: Step, cell: CellId): boolean {
  return step.writes.some((written) => world.resolve(written, line.thread) === cell);
}

/**
 * Cells of the line whose value also depends on others, given the cells that others write: those
 * themselves, and what the line computes from them.
 */
export function sharedCells(world: World, line: Line, others: ReadonlySet<CellId>): Set<CellId> {
  const shared = new Set(others);
  const resolve = (cell: CellId) => world.resolve(cell, line.thread);
  const depends = (effect: Effect) =>
    (effect.from >= 0 && shared.has(resolve(effect.from))) ||
    (!effect.blind && shared.has(resolve(effect.cell)));
  for (let size = -1; size !== shared.size; ) {
    size = shared.size;
    for (const step of line.steps) {
      for (const effect of step.effects) if (depends(effect)) shared.add(resolve(effect.cell));
    }
  }
  return shared;
}
