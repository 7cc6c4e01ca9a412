// SPDX-License-Identifier: GPL-2.0-only
// Which steps of one execution happen before which, and which pairs could have come the other way
// round? Vector clocks over the steps of the execution that is being run.

import { conflicts, type Footprint, meets, type State } from './dpor-execution.ts';

/** Faults that tests put in on purpose, to see that the judges notice them. */
export interface DporFaults {
  /** Two steps depend on each other only if both write. */
  readonly conflictIgnoresReads?: boolean;
  /** A write does not come after the reads before it. */
  readonly noReadToWriteEdge?: boolean;
  /** A race is dropped where other continuations are already planned. */
  readonly dropRaceWhenWakeupTree?: boolean;
  /** A sleeping thread stays asleep when a dependent step runs. */
  readonly sleepNeverWoken?: boolean;
  /** Only the last race of each execution is reversed. */
  readonly onlyLastRace?: boolean;
  /** A race of two acquisitions is not looked for behind the release between them. */
  readonly raceStopsAtUnlock?: boolean;
  /** What a thread would do that waits for ever at the end takes part in no race. */
  readonly blockedThreadsDoNotRace?: boolean;
}

/** One step of the execution that is being run. */
export interface DporEvent {
  readonly thread: number;
  readonly footprint: Footprint;
  /** How many steps of each thread happen before this one, itself included. */
  readonly clock: Int32Array;
  /** The state that the step ran in. */
  readonly before: State;
  /** The steps before it, as numbers in the execution, that it could have come before. */
  readonly races: readonly number[];
}

/** Happens-before of one execution, and the dependence that it is made of. */
export class Order {
  readonly #threads: number;
  readonly #faults: DporFaults;

  constructor(threads: number, faults: DporFaults) {
    this.#threads = threads;
    this.#faults = faults;
  }

  /** True if the two steps may not be swapped. */
  depend(a: Footprint, b: Footprint): boolean {
    return this.#faults.conflictIgnoresReads === true ? meets(a.writes, b.writes) : conflicts(a, b);
  }

  /** The clock of a step that runs after all steps of `run`. */
  clockAfter(run: readonly DporEvent[], thread: number, footprint: Footprint): Int32Array {
    const clock = new Int32Array(this.#threads);
    for (let i = run.length - 1; i >= 0; i--) {
      const event = run[i]!;
      if (isBefore(event, clock)) continue;
      if (event.thread === thread || this.#orders(event.footprint, footprint)) join(clock, event);
    }
    clock[thread]!++;
    return clock;
  }

  #orders(first: Footprint, then: Footprint): boolean {
    if (this.#faults.noReadToWriteEdge !== true) return this.depend(first, then);
    return meets(first.writes, then.writes) || meets(first.writes, then.reads);
  }

  /**
   * The steps of `run` that a step of the thread which comes after them races with, latest first:
   * those that it depends on and that no other step puts before it. `isReversible` says whether the
   * step could run in the place of another one. What comes later changes none of this, since it
   * depends on the step if it touches what the step waits for.
   *
   * A step that cannot run there was enabled by what it follows: the end of a grace period after
   * an unlock, or a lock after its release. Reversing that is impossible; but for a lock, which
   * others can take away, the acquisition that lies behind the release is such a race. So a step
   * that enables leaves what happens before it open to the question.
   */
  races(
    run: readonly DporEvent[],
    thread: number,
    footprint: Footprint,
    isReversible: (index: number) => boolean,
  ): number[] {
    const covered = new Int32Array(this.#threads);
    const previous = run.findLast((event) => event.thread === thread);
    if (previous !== undefined) join(covered, previous);
    const found: number[] = [];
    for (let i = run.length - 1; i >= 0; i--) {
      const event = run[i]!;
      if (isBefore(event, covered) || !this.depend(event.footprint, footprint)) continue;
      const isRace = isReversible(i);
      if (isRace) found.push(i);
      if (isRace || this.#faults.raceStopsAtUnlock === true) join(covered, event);
    }
    return found;
  }

  /** The steps after `run[index]` that do not happen after it. */
  notAfter(run: readonly DporEvent[], index: number): DporEvent[] {
    const { thread, clock } = run[index]!;
    const own = clock[thread]!;
    const rest: DporEvent[] = [];
    for (let i = index + 1; i < run.length; i++) {
      if (run[i]!.clock[thread]! < own) rest.push(run[i]!);
    }
    return rest;
  }
}

/** True if the clock has seen the event. */
function isBefore(event: DporEvent, clock: Int32Array): boolean {
  return event.clock[event.thread]! <= clock[event.thread]!;
}

function join(clock: Int32Array, { clock: other }: DporEvent): void {
  for (let t = 0; t < clock.length; t++) if (other[t]! > clock[t]!) clock[t] = other[t]!;
}
