// SPDX-License-Identifier: GPL-2.0-only
// What does a call of a function do in direct execution, and does other code do the same? A call
// is a function of what it is passed, of the locks that its thread holds, and of what it observes
// step by step. So it can be put again, to the same code or to other code, without the memory of
// that moment: what was observed then is handed out again.

import { directRun, performDirectly } from './run.ts';
import { type Run, type RunEvent, runAs, running, type Tap } from './running.ts';
import type { Step } from './step.ts';
import type { World } from './world.ts';

/** What a call did, as it can be compared. */
export interface Deed {
  /** Pairs: a step and what it observed; a label and the name that an allocation got; a mark. */
  readonly log: readonly number[] | Int32Array;
  readonly events: string;
  /** Locks that were held at the end. */
  readonly held: string;
  /** Turns of loops. */
  readonly turns: number;
}

/** Where a call was made. */
export interface Scene {
  readonly world: World;
  readonly thread: number;
  readonly held: ReadonlyMap<string, number>;
}

const labelled = (world: World, label: string) => -1 - 2 * world.intern(label);
const marked = (world: World, name: string) => -2 - 2 * world.intern(name);

const NO_LOCKS: ReadonlyMap<string, number> = new Map();

function textOfHeld(held: ReadonlyMap<string, number>): string {
  return held.size === 0 ? '' : [...held].sort().join(' ');
}

function textOfEvents(events: readonly RunEvent[], from: number): string {
  if (events.length === from) return '';
  return events
    .slice(from)
    .map(({ kind, detail }) => `${kind}\t${detail}`)
    .join('\n');
}

/** Writes down what calls do, one inside of the other. */
class Recorder implements Tap {
  readonly log: number[] = [];
  depth = 0;

  readonly step = (run: Run, step: Step) => {
    const observed = performDirectly(run, step);
    this.log.push(step.id, observed);
    return observed;
  };

  readonly name = (world: World, label: string) => {
    const name = world.nextDirectName(label);
    this.log.push(labelled(world, label), world.intern(name));
    return name;
  };

  readonly mark = (world: World, name: string) => {
    this.log.push(marked(world, name), 0);
  };
}

/** A call that is being recorded. */
export interface Recording {
  readonly scene: Scene;
  /** What was done since the beginning; valid until `end()`. */
  readonly deed: () => Deed;
  /** Must be called, however the call ends. */
  readonly end: () => void;
}

/**
 * Begins to record a call of code that runs directly; null while boot makes what cannot be made
 * twice. Throws a PortError if nothing runs.
 */
export function recordCall(run: Run = running()): Recording | null {
  if (run.isBoot || !run.direct) return null;
  run.tap ??= new Recorder();
  const recorder = run.tap;
  if (!(recorder instanceof Recorder)) return null;
  const held = run.held.size === 0 ? NO_LOCKS : new Map(run.held);
  const scene = { world: run.world, thread: run.thread, held };
  const [from, events, fuel] = [recorder.log.length, run.events.length, run.fuel];
  recorder.depth++;
  const deed = (): Deed => ({
    log: recorder.log.slice(from),
    events: textOfEvents(run.events, events),
    held: textOfHeld(run.held),
    turns: fuel - run.fuel,
  });
  const end = () => {
    recorder.depth--;
    if (recorder.depth > 0) return;
    recorder.log.length = 0;
    run.tap = null;
  };
  return { scene, deed, end };
}

/** Thrown through code that does something else; it need not go on. */
const DIVERGED = new Error('something else was done');

/** Hands out what was observed, as long as the same is done. */
class Feeder implements Tap {
  readonly #log: Deed['log'];
  at = 0;
  hasDiverged = false;

  constructor(log: Deed['log']) {
    this.#log = log;
  }

  #next(did: number): number {
    if (this.hasDiverged || did !== this.#log[this.at]) {
      this.hasDiverged = true;
      throw DIVERGED;
    }
    const observed = this.#log[this.at + 1]!;
    this.at += 2;
    return observed;
  }

  readonly step = (_: Run, step: Step) => this.#next(step.id);

  readonly name = (world: World, label: string) =>
    world.valueOf(this.#next(labelled(world, label))) as string;

  readonly mark = (world: World, name: string) => {
    this.#next(marked(world, name));
  };

  isSpent(): boolean {
    return !this.hasDiverged && this.at === this.#log.length;
  }
}

/**
 * Does the code do what was done in a call, step by step, to the end? `code` makes the call, and
 * answers whether what it returns or throws is what the call did.
 */
export function isDoneAgain(scene: Scene, deed: Deed, code: () => boolean): boolean {
  const feeder = new Feeder(deed.log);
  const run = directRun(scene.world, scene.thread);
  run.tap = feeder;
  for (const [key, depth] of scene.held) run.held.set(key, depth);
  const { fuel } = run;
  return (
    runAs(run, code) &&
    feeder.isSpent() &&
    fuel - run.fuel === deed.turns &&
    textOfEvents(run.events, 0) === deed.events &&
    textOfHeld(run.held) === deed.held
  );
}
