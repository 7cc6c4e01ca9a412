// SPDX-License-Identifier: GPL-2.0-only
// What did the threads do under this schedule? Exactly the given steps are executed, each is told
// with the value it saw and the line of the port it stands on, and the state at rest is judged.

import { UserError } from '#user-error';
import { automata, type Node } from './automaton.ts';
import { eventsOf, OBSERVABLE } from './outcome.ts';
import type { End, MemoryModel, Program } from './program.ts';
import { Execution, type Move } from './replay-execution.ts';
import { type Frame, framesOf } from './replay-sites.ts';
import { execute, type RunEvent, unfold } from './run.ts';
import { type Turn, turnsText } from './schedule.ts';
import type { CellId, Step, ValueId } from './step.ts';
import type { Value, World } from './world.ts';

/** The thread number of sequential code, which boot and finale are. */
const REST = -1;

/** One step of an execution, told. */
export interface ReplayRow {
  readonly thread: number;
  /** `rest`: an access of the finale, when all threads have ended. */
  readonly kind: 'step' | 'flush' | 'rest';
  /** Which turn of the schedule the step belongs to; -1 at rest. */
  readonly turn: number;
  /** With the observed value filled in. */
  readonly text: string;
  readonly step: Step;
  /** A store that waits in the thread's buffer for a flush. */
  readonly isDelayed: boolean;
  /** The port's functions, innermost first; none for what hardware, userspace and the guest do. */
  readonly frames: readonly Frame[];
  /** Cells, by the numbers of the world. */
  readonly reads: readonly CellId[];
  readonly writes: readonly CellId[];
  readonly events: readonly RunEvent[];
}

export interface Replayed {
  /** The name of each thread. */
  readonly threads: readonly string[];
  readonly memoryModel: MemoryModel;
  readonly turns: readonly Turn[];
  readonly rows: readonly ReplayRow[];
  /** The accesses of the finale, thread by thread; empty unless all threads ended. */
  readonly atRest: readonly ReplayRow[];
  /** All events, in the order in which they happened. */
  readonly events: readonly RunEvent[];
  /** How it ended; null if the schedule stops while some thread can go on. */
  readonly end: End['kind'] | null;
  /** What can be told of that end from outside; null if there is none. */
  readonly observable: string | null;
}

/** Executes the turns on a program in a fresh world. Throws a UserError if they do not fit. */
export function replay(
  program: Program,
  turns: readonly Turn[],
  memoryModel: MemoryModel,
): Replayed {
  const { of, events } = automata(program.world, program.threads);
  const execution = new Execution(program, of, events, memoryModel);
  const sites = new Sites(program);
  const moves: { move: Move; turn: number }[] = [];
  turns.forEach((turn, i) => {
    for (const move of movesOf(program, execution, turn, i)) {
      sites.note(move);
      moves.push({ move, turn: i });
    }
  });
  const rows = moves.map(({ move, turn }) => rowOf(program.world, move, turn, sites.of(move)));
  const end = execution.end();
  const all = end === null ? [] : eventsOf(program, end, true);
  const judged = all.filter(({ kind }) => kind !== OBSERVABLE);
  const atRest =
    end?.kind === 'done' ? end.results.flatMap((_, t) => finaleRows(program, end, t)) : [];
  return {
    threads: program.threads.map(({ name }) => name),
    memoryModel,
    turns,
    rows,
    atRest,
    events: [...execution.first.flat(), ...rows.flatMap((row) => row.events), ...judged],
    end: end?.kind ?? null,
    observable: all.find(({ kind }) => kind === OBSERVABLE)?.detail ?? null,
  };
}

/** Makes the moves of one turn. */
function* movesOf(
  program: Program,
  execution: Execution,
  turn: Turn,
  index: number,
): Generator<Move> {
  const { thread } = turn;
  const name = program.threads[thread]?.name;
  const fail = (why: string): never => {
    throw new UserError(
      `the schedule does not fit: turn ${index + 1} (${turnsText([turn])}) ${why}`,
      3,
    );
  };
  if (name === undefined) return fail(`is of thread ${thread}, and there is none`);
  if ('flush' in turn) {
    if (!execution.mayFlush(thread, turn.flush))
      fail(`names a store of ${name} that does not wait, or waits behind an older one`);
    yield execution.flush(thread, turn.flush);
    return;
  }
  const isDelayed = 'isDelayed' in turn;
  const count = isDelayed ? 1 : turn.steps;
  for (let i = 0; i < count; i++) {
    const step = execution.next(thread);
    if (step === null) return fail(`has more steps than ${name}, which ended after ${i} of them`);
    const { text } = step.describe();
    if (isDelayed && !execution.isDelayable(thread)) fail(`delays what is no plain store: ${text}`);
    if (!isDelayed && !execution.isEnabled(thread))
      fail(`cannot go on after ${i} steps: ${name} is blocked at ${text}`);
    yield execution.take(thread, isDelayed);
  }
}

/** The frames of each step, found by running each round once more with its whole history. */
class Sites {
  readonly #program: Program;
  /** The last move of each round that was begun. */
  readonly #last = new Map<string, { readonly from: Node; readonly observed: ValueId }>();
  readonly #found = new Map<string, Frame[][]>();

  constructor(program: Program) {
    this.#program = program;
  }

  note({ thread, from, observed }: Move): void {
    if (from !== null) this.#last.set(`${thread} ${from.round}`, { from, observed });
  }

  of({ thread, from: node }: Move): readonly Frame[] {
    if (node === null) return [];
    const key = `${thread} ${node.round}`;
    let frames = this.#found.get(key);
    if (frames === undefined) {
      const { world, threads } = this.#program;
      const { from, observed } = this.#last.get(key)!;
      const code = () => threads[thread]!.round(from.round, from.carried);
      const history = [...historyOf(from), world.valueOf(observed)];
      frames = framesOf(world, thread, from.round, history, code);
      this.#found.set(key, frames);
    }
    return frames[node.depth] ?? [];
  }
}

/** What the thread had observed since its round began when it came to a node. */
function historyOf(node: Node): Value[] {
  const history: Value[] = [];
  for (let at = node; at.parent !== null; at = at.parent) history[at.depth - 1] = at.value;
  return history;
}

function rowOf(world: World, move: Move, turn: number, frames: readonly Frame[]): ReplayRow {
  const kind = move.from === null ? 'flush' : 'step';
  const { thread, step, observed, isDelayed, events } = move;
  return { ...told(world, thread, step, observed), frames, kind, turn, isDelayed, events };
}

type Told = Omit<ReplayRow, 'frames' | 'kind' | 'turn' | 'isDelayed' | 'events'>;

function told(world: World, thread: number, step: Step, observed: ValueId): Told {
  const { text, show } = step.describe();
  return {
    thread,
    step,
    text: show === null ? text : text.replace('%', () => show(observed)),
    reads: step.reads.map((cell) => world.resolve(cell, thread)),
    writes: step.writes.map((cell) => world.resolve(cell, thread)),
  };
}

/**
 * The finale of a thread on the memory that all of them left behind. It is sequential code, but
 * here it is unfolded step by step like a thread's, which tells after which access an event came.
 */
function finaleRows(program: Program, end: End, thread: number): ReplayRow[] {
  const { world } = program;
  const memory = world.initial.map((value, cell) => end.cells[cell] ?? value);
  world.memory = [...memory];
  const code = () => program.finale(thread, end.results[thread]!);
  const rows: ReplayRow[] = [];
  const history: Value[] = [];
  for (;;) {
    const { next, events } = unfold(world, REST, 0, history, code);
    const last = rows.pop();
    if (last !== undefined) rows.push({ ...last, events });
    if (next === null || !next.waits.every(({ cell, ready }) => ready(memory[cell]!))) break;
    const observed = execute(world, next, REST, memory);
    const row = told(world, REST, next, observed);
    rows.push({ ...row, thread, frames: [], kind: 'rest', turn: -1, isDelayed: false, events: [] });
    history.push(world.valueOf(observed));
  }
  const frames = framesOf(world, REST, 0, history, code);
  return rows.map((row, i) => ({ ...row, frames: frames[i] ?? [] }));
}
