// SPDX-License-Identifier: GPL-2.0-only
// How does plain code become steps? A thread is a pure function from the values it has observed
// so far to its next step. Accessors and primitives call perform(): recorded values are returned,
// and when they run out the thread is suspended by a thrown token. Direct execution, for boot and
// for sequential checks, runs the same code on the world's memory at once.

import { execute } from './execute.ts';
import { Crash, PortError, Suspend, WouldBlock } from './failures.ts';
import { freshRun, HISTORY_MAX, type Run, type RunEvent, runAs, running } from './running.ts';
import { site } from './site.ts';
import type { Step, ValueId } from './step.ts';
import { noteStep, type Past, pastOf } from './summaries.ts';
import type { Guess, Unfolded } from './unfolded.ts';
import type { Value, World } from './world.ts';

export { execute, observe } from './execute.ts';
export { Crash, PortError, Suspend, WouldBlock } from './failures.ts';
export {
  currentlyHeld,
  currentMarks,
  currentThread,
  currentWorld,
  EVENTS_MAX,
  emit,
  eventsSoFar,
  FUEL_MAX,
  HISTORY_MAX,
  isBooting,
  isReplaying,
  leaveMark,
  nextAllocation,
  type RunEvent,
  STRAYS_MAX,
  spendFuel,
  unreported,
} from './running.ts';
export { site } from './site.ts';
export type { ChainStep, Guess, Unfolded } from './unfolded.ts';

const SUSPEND = new Suspend();

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
    if (run.items !== null) return repeated(run, run.items[run.at++]!);
    return run.history[run.at++];
  }
  if (run.suspended) {
    throw new PortError(
      'the thread went on after it was suspended: a catch or finally took the token',
    );
  }
  const step = make(run.world, a, b, c);
  if (run.direct) return run.world.valueOf((run.tap?.step ?? performDirectly)(run, step));
  if (run.length + run.chain.length >= HISTORY_MAX) {
    throw new Crash(`no progress: ${HISTORY_MAX} steps without reaching the end`);
  }
  const past = pastOf(run);
  // Where another history led, its future is known.
  const guessed = run.guess === null || (past?.known ?? null) !== null ? null : run.guess(step);
  if (guessed !== null) {
    run.chain.push({ step, events: run.events, observed: guessed, past });
    run.events = [];
    run.emitted = 0;
    run.strays = 0;
    const value = run.world.valueOf(guessed);
    if (past !== null) noteStep(run, guessed, value);
    return value;
  }
  run.suspended = true;
  run.next = step;
  throw SUSPEND;
}

/**
 * The world of a thread that runs at once with nobody watching: its loads and stores are the same
 * without a step. Null for all others.
 */
export function unwatchedWorld(): World | null {
  const run = running();
  return run.direct && run.trace === null && run.tap === null ? run.world : null;
}

/** What is recorded of a step. */
function repeated(run: Run, item: Past): Value {
  if (item.skip >= 0) throw new PortError('nondeterministic port: a step where there was a call');
  run.past = item;
  run.calls = 0;
  return item.value;
}

function demandExpected(run: Run, step: Step): void {
  if (run.expected === null || step === run.expected) return;
  throw new PortError('nondeterministic port: a step is not the one that was taken before');
}

/** Takes a step on the memory of the world. Throws WouldBlock if it would wait for ever. */
export function performDirectly(run: Run, step: Step): ValueId {
  const { world, thread } = run;
  for (const wait of step.waits) {
    if (!wait.ready(world.memory[world.resolve(wait.cell, thread)]!)) {
      throw new WouldBlock(step.describe().text);
    }
  }
  world.accesses++;
  run.strays = 0;
  const observed = execute(world, step, thread, world.memory);
  run.trace?.push({ step, observed, site: run.sites?.at(-1) ?? '' });
  return observed;
}

/**
 * Runs the code on the recorded values up to its next step. Pure: same input, same result.
 * `expected`, if given, must be the step by which the last of them was observed. With `guess` the
 * thread goes on, beyond what is recorded, with observations that somebody thinks possible. With a
 * `past` that is what is recorded, and `history` is not looked at.
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
  past: Past | null = null,
): Unfolded {
  const items = past?.items() ?? null;
  const length = items?.length ?? history.length;
  const run: Run = {
    ...freshRun(world, thread),
    round,
    history,
    length,
    past: past === null ? null : (items![0]?.parent ?? past),
    items,
    expected,
    guess,
    sites: wantSites ? [] : null,
  };
  let result: readonly Value[] | null = null;
  let crash: string | null = null;
  try {
    result = runAs(run, code);
  } catch (error) {
    if (error instanceof PortError) throw error;
    if (error !== SUSPEND) crash = messageOf(error);
  }
  if (run.suspended && (result !== null || crash !== null)) {
    throw new PortError(
      'the thread ended after it was suspended: a catch or finally took the token',
    );
  }
  if (run.at < length) {
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
    past: run.past,
  };
}

/** What a direct execution did. */
export interface DirectRun<T> {
  readonly result: T;
  readonly events: readonly RunEvent[];
  readonly trace: readonly { step: Step; observed: ValueId; site: string }[];
}

export interface DirectOptions {
  readonly wantTrace?: boolean;
  /** Where the code stood at each step, which is dear to find out. As `wantTrace` if not given. */
  readonly wantSites?: boolean;
  readonly isBoot?: boolean;
  /** Events are added here as they come, so that none is lost if the code throws. */
  readonly events?: RunEvent[];
}

/** Runs code at once on the world's memory, as one thread. Throws WouldBlock if it cannot go on. */
export function runDirectly<T>(
  world: World,
  thread: number,
  code: () => T,
  { wantTrace = false, wantSites = wantTrace, isBoot = false, events = [] }: DirectOptions = {},
): DirectRun<T> {
  const run = directRun(world, thread, { wantTrace, wantSites, isBoot, events });
  return { result: runAs(run, code), events, trace: run.trace ?? [] };
}

/** A thread that runs at once, before it has done anything. */
export function directRun(
  world: World,
  thread: number,
  { wantTrace = false, wantSites = wantTrace, isBoot = false, events = [] }: DirectOptions = {},
): Run {
  return {
    ...freshRun(world, thread),
    direct: true,
    isBoot,
    events,
    sites: wantSites ? [] : null,
    trace: wantTrace ? [] : null,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
