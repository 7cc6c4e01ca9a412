// SPDX-License-Identifier: GPL-2.0-only
// Which thread runs, and what may its code ask about itself? All answers are functions of what the
// thread has observed.

import { Crash, PortError } from './failures.ts';
import type { Step, ValueId } from './step.ts';
import type { Frame, Past } from './summaries.ts';
import type { ChainStep, Guess } from './unfolded.ts';
import type { Value, World } from './world.ts';

/** Something that happened inside one thread and that invariants judge. Not a step. */
export interface RunEvent {
  /** The kind of event, such as `WARN` or `use-after-free`, or the name of an invariant. */
  readonly kind: string;
  readonly detail: string;
}

/** Steps of one thread between two checkpoints; far above anything a sound port needs. */
export const HISTORY_MAX = 2_000;

/** Loop turns of one unfolding or direct run; far above anything a sound port needs. */
export const FUEL_MAX = 1_000_000;

/** Events between two steps; a mutant may report one in every turn of a loop that does not end. */
export const EVENTS_MAX = 20_000;

/** Accesses outside of arrays between two steps: C would have failed long before. */
export const STRAYS_MAX = 64;

/** Stands between the code of a direct run and its world: it looks on, or it answers itself. */
export interface Tap {
  /** Takes a step; returns what the code observes. */
  readonly step: (run: Run, step: Step) => ValueId;
  /** The name of the next allocation with this label. */
  readonly name: (world: World, label: string) => string;
  /** The code left a mark of this name, which it never reads. */
  readonly mark: (world: World, name: string) => void;
}

export interface Run {
  readonly world: World;
  readonly thread: number;
  /** Which part of the thread this is, counted from its start. */
  readonly round: number;
  readonly direct: boolean;
  /** Boot makes what threads will share: nobody else can see it yet. */
  readonly isBoot: boolean;
  readonly history: readonly Value[];
  readonly length: number;
  /** What the thread has done, with ended calls summarised; null if nobody wants to know. */
  past: Past | null;
  /** What is recorded, one for each value of the history; null if `past` is. */
  readonly items: readonly Past[] | null;
  /** The innermost call under way that may be summarised. */
  frame: Frame | null;
  /** How many calls were made since the last item of the past. */
  calls: number;
  /** The next call is the one that is being summarised. */
  isEntering: boolean;
  /** Who keeps what lies on the stacks of the thread, if anybody has to. */
  keeper: unknown;
  /** The step that observed the last recorded value, if it is to be checked. */
  readonly expected: Step | null;
  at: number;
  suspended: boolean;
  next: Step | null;
  events: RunEvent[];
  /** How many were reported. */
  emitted: number;
  /** How many of them are accesses outside of an array. */
  strays: number;
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
  /** Where the code stands, `function path:line`, if it can tell by itself; see `site()`. */
  whereabouts: (() => string) | null;
  /** Null for all but direct runs, and for most of those. */
  tap: Tap | null;
}

/** A run of a thread that has done nothing, to be changed as it is wanted. */
export function freshRun(world: World, thread: number): Run {
  return {
    world,
    thread,
    round: 0,
    history: [],
    length: 0,
    past: null,
    items: null,
    frame: null,
    calls: 0,
    isEntering: false,
    keeper: null,
    expected: null,
    direct: false,
    isBoot: false,
    at: 0,
    suspended: false,
    next: null,
    events: [],
    emitted: 0,
    strays: 0,
    allocations: 0,
    named: null,
    fuel: FUEL_MAX,
    held: new Map(),
    marks: null,
    chain: [],
    guess: null,
    sites: null,
    trace: null,
    whereabouts: null,
    tap: null,
  };
}

let current: Run | null = null;

/** Runs code as this thread. */
export function runAs<T>(run: Run, code: () => T): T {
  const outer = current;
  current = run;
  try {
    return code();
  } finally {
    current = outer;
  }
}

/** What runs; null if nothing does. */
export function runningOrNull(): Run | null {
  return current;
}

/** What runs. Throws a PortError if nothing does. */
export function running(): Run {
  if (current === null) throw new PortError('a shared field was touched outside a thread');
  return current;
}

/** What the code that runs says of where it stands; null if it says nothing. */
export function whereabouts(): string | null {
  return current?.whereabouts?.() ?? null;
}

/** The world of the thread that runs. */
export function currentWorld(): World {
  return running().world;
}

/** The number of the thread that runs; -1 during boot. */
export function currentThread(): number {
  return running().thread;
}

/** True while boot makes what threads will share: nobody else can see it yet. */
export function isBooting(): boolean {
  return running().isBoot;
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
  if (run.direct) return run.tap?.name(run.world, label) ?? run.world.nextDirectName(label);
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

/** Leaves one more mark of this name for the host. */
export function leaveMark(name: string): void {
  const run = running();
  const marks = currentMarks();
  marks.set(name, (marks.get(name) ?? 0) + 1);
  run.tap?.mark(run.world, name);
}

/** Reports an event. Events that belong to recorded values were reported before. */
export function emit(kind: string, detail: string): void {
  const run = running();
  if (run.at < run.length) return;
  run.events.push({ kind, detail });
  if (kind === 'out-of-bounds' && ++run.strays > STRAYS_MAX) {
    throw new Crash(`no progress: ${STRAYS_MAX} accesses outside of an array at once`);
  }
  if (++run.emitted > EVENTS_MAX) throw new Crash(`no progress: ${EVENTS_MAX} events at once`);
}

/**
 * Runs code whose answer is kept, so that it is not run a second time: what it reports would be
 * there once and missing for ever after, and is left out.
 */
export function unreported<T>(code: () => T): T {
  const run = running();
  const { events, emitted, strays } = run;
  run.events = [];
  try {
    return code();
  } finally {
    Object.assign(run, { events, emitted, strays });
  }
}

/** What has been reported since the last step; in direct execution since its beginning. */
export function eventsSoFar(): readonly RunEvent[] {
  return running().events;
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
