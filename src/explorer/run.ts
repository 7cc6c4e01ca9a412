// SPDX-License-Identifier: GPL-2.0-only
// How does plain code become steps? A thread is a pure function from the values it has observed
// so far to its next step. Accessors and primitives call perform(): recorded values are returned,
// and when they run out the thread is suspended by a thrown token. Direct execution, for boot and
// for sequential checks, runs the same code on the world's memory at once.

import { execute } from './execute.ts';
import { Crash, PortError, Suspend, WouldBlock } from './failures.ts';
import { site } from './site.ts';
import type { Step, ValueId } from './step.ts';
import type { ChainStep, Guess, Unfolded } from './unfolded.ts';
import type { Value, World } from './world.ts';

export { execute, observe } from './execute.ts';
export { Crash, PortError, Suspend, WouldBlock } from './failures.ts';
export { site } from './site.ts';
export type { ChainStep, Guess, Unfolded } from './unfolded.ts';

/** Something that happened inside one thread and that invariants judge. Not a step. */
export interface RunEvent {
  /** The kind of event, such as `WARN` or `use-after-free`, or the name of an invariant. */
  readonly kind: string;
  readonly detail: string;
}

/** Steps of one thread between two checkpoints; far above anything a sound port needs. */
export const HISTORY_MAX = 20_000;

/** Loop turns of one unfolding or direct run; far above anything a sound port needs. */
export const FUEL_MAX = 1_000_000;

/** Events between two steps; a mutant may report one in every turn of a loop that does not end. */
export const EVENTS_MAX = 20_000;

interface Run {
  readonly world: World;
  readonly thread: number;
  /** Which part of the thread this is, counted from its start. */
  readonly round: number;
  readonly direct: boolean;
  readonly history: readonly Value[];
  readonly length: number;
  /** The step that observed the last recorded value, if it is to be checked. */
  readonly expected: Step | null;
  at: number;
  suspended: boolean;
  next: Step | null;
  events: RunEvent[];
  allocations: number;
  /** How many of them had each label. */
  named: Map<string, number> | null;
  /** Loop turns that are left. */
  fuel: number;
  /** Read-side sections and locks that the thread holds, by key. */
  readonly held: Map<string, number>;
  marks: Map<string, number> | null;
  /** Steps performed and where the code stood; kept only when a table is made. */
  readonly sites: string[] | null;
  /** Steps taken on guessed observations. */
  readonly chain: ChainStep[];
  readonly guess: Guess | null;
  readonly trace: { step: Step; observed: ValueId; site: string }[] | null;
}

const SUSPEND = new Suspend();
let current: Run | null = null;

function running(): Run {
  if (current === null) throw new PortError('a shared field was touched outside a thread');
  return current;
}

/** The world of the thread that runs. */
export function currentWorld(): World {
  return running().world;
}

/** The number of the thread that runs; -1 during boot. */
export function currentThread(): number {
  return running().thread;
}

/** Locks and sections that the thread that runs holds. A function of its history. */
export function currentlyHeld(): Map<string, number> {
  return running().held;
}

/**
 * The name of the next allocation of the thread that runs: it never depends on the schedule.
 * Objects made by boot and by other direct execution are counted per label from 0.
 */
export function nextAllocation(label: string): string {
  const run = running();
  run.allocations++;
  if (run.direct) return run.world.nextDirectName(label);
  run.named ??= new Map();
  const ordinal = run.named.get(label) ?? 0;
  run.named.set(label, ordinal + 1);
  const more = ordinal === 0 ? '' : `.${ordinal}`;
  const whose = run.thread === run.world.options.allocator ? '' : ` of thread ${run.thread}`;
  return `${label} ${run.round + 1}${more}${whose}`;
}

/** Notes that code of the thread leaves for its host. A function of its history, and no step. */
export function currentMarks(): Map<string, number> {
  const run = running();
  run.marks ??= new Map();
  return run.marks;
}

/** Reports an event. Events that belong to recorded values were reported before. */
export function emit(kind: string, detail: string): void {
  const run = running();
  if (run.at < run.length) return;
  run.events.push({ kind, detail });
  if (run.events.length > EVENTS_MAX) throw new Crash(`no progress: ${EVENTS_MAX} events at once`);
}

/** Ends a loop of an emitted port that touches no shared field, which no budget of steps would. */
export function spendFuel(): void {
  if (current === null) throw new PortError('a loop of a port ran outside a thread');
  if (--current.fuel < 0) throw new Crash(`no progress: ${FUEL_MAX} turns of a loop`);
}

/** True while the thread only repeats what is recorded: labels and stacks need not be made. */
export function isReplaying(): boolean {
  const run = running();
  return run.at < run.length;
}

/** Performs a step that `make` builds when it is needed, and returns what the thread observes. */
export function perform<A, B, C>(
  make: (world: World, a: A, b: B, c: C) => Step,
  a: A,
  b: B,
  c: C,
): Value {
  const run = running();
  if (run.sites !== null) run.sites.push(site());
  if (run.at < run.length) {
    if (run.at === run.length - 1) demandExpected(run, make(run.world, a, b, c));
    return run.history[run.at++];
  }
  if (run.suspended) {
    throw new PortError(
      'the thread went on after it was suspended: a catch or finally took the token',
    );
  }
  const step = make(run.world, a, b, c);
  if (run.direct) return run.world.valueOf(performDirectly(run, step));
  if (run.length + run.chain.length >= HISTORY_MAX) {
    throw new Crash(`no progress: ${HISTORY_MAX} steps without reaching the end`);
  }
  const guessed = run.guess === null ? null : run.guess(step);
  if (guessed !== null) {
    run.chain.push({ step, events: run.events, observed: guessed });
    run.events = [];
    return run.world.valueOf(guessed);
  }
  run.suspended = true;
  run.next = step;
  throw SUSPEND;
}

function demandExpected(run: Run, step: Step): void {
  if (run.expected === null || step === run.expected) return;
  throw new PortError('nondeterministic port: a step is not the one that was taken before');
}

function performDirectly(run: Run, step: Step): ValueId {
  const { world, thread } = run;
  for (const wait of step.waits) {
    if (!wait.ready(world.memory[world.resolve(wait.cell, thread)]!)) {
      throw new WouldBlock(step.describe().text);
    }
  }
  const observed = execute(world, step, thread, world.memory);
  run.trace?.push({ step, observed, site: site() });
  return observed;
}

/**
 * Runs the code on the recorded values up to its next step. Pure: same input, same result. If
 * given,
 * `expected` must be the step that the last recorded value was observed by. With `guess` the thread
 * goes on, beyond what is recorded, with observations that somebody thinks possible.
 */
export function unfold(
  world: World,
  thread: number,
  round: number,
  history: readonly Value[],
  code: () => readonly Value[],
  wantSites = false,
  expected: Step | null = null,
  guess: Guess | null = null,
): Unfolded {
  const run: Run = {
    world,
    thread,
    round,
    history,
    length: history.length,
    expected,
    direct: false,
    at: 0,
    suspended: false,
    next: null,
    events: [],
    allocations: 0,
    named: null,
    fuel: FUEL_MAX,
    held: new Map(),
    marks: null,
    chain: [],
    guess,
    sites: wantSites ? [] : null,
    trace: null,
  };
  const outer = current;
  current = run;
  let result: readonly Value[] | null = null;
  let crash: string | null = null;
  try {
    result = code();
  } catch (error) {
    if (error instanceof PortError) throw error;
    if (error !== SUSPEND) crash = messageOf(error);
  } finally {
    current = outer;
  }
  if (run.suspended && (result !== null || crash !== null)) {
    throw new PortError(
      'the thread ended after it was suspended: a catch or finally took the token',
    );
  }
  if (run.at < history.length) {
    throw new PortError('nondeterministic port: the thread forgot a step that it had taken');
  }
  return {
    next: run.next,
    chain: run.chain,
    result,
    crash,
    events: run.events,
    sites: run.sites ?? [],
    allocations: run.allocations,
  };
}

/** What a direct execution did. */
export interface DirectRun<T> {
  readonly result: T;
  readonly events: readonly RunEvent[];
  readonly trace: readonly { step: Step; observed: ValueId; site: string }[];
}

/** Runs code at once on the world's memory, as one thread. Throws WouldBlock if it cannot go on. */
export function runDirectly<T>(
  world: World,
  thread: number,
  code: () => T,
  wantTrace = false,
): DirectRun<T> {
  const run: Run = {
    world,
    thread,
    round: 0,
    history: [],
    length: 0,
    expected: null,
    direct: true,
    at: 0,
    suspended: false,
    next: null,
    events: [],
    allocations: 0,
    named: null,
    fuel: FUEL_MAX,
    held: new Map(),
    marks: null,
    chain: [],
    guess: null,
    sites: null,
    trace: wantTrace ? [] : null,
  };
  const outer = current;
  current = run;
  try {
    return { result: code(), events: run.events, trace: run.trace ?? [] };
  } finally {
    current = outer;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
