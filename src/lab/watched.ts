// SPDX-License-Identifier: GPL-2.0-only
// Which calls of a function of a port were made, each that differs once, and does what stands in
// its place now do the same?

import { type Deed, isDoneAgain, recordCall, type Scene } from '#explorer/calls';
import { left, numberOf, type Passed, passed } from '#linux/passed';
import { entries } from './entries.ts';
import type { PortFunction } from './patched.ts';

interface Call {
  readonly scene: Scene;
  readonly passed: Passed;
  readonly deed: Deed;
  /** What it left in what it was passed, and what it returned or threw. */
  readonly outcome: string;
}

/** So many calls are looked at: who is called more often is not worth it. */
const MOST_CALLS = 25_000;
/** So much may be kept of them, in numbers. */
const MOST_KEPT = 2_000_000;

type IsCode = (value: object) => boolean;

/** A function whose calls are looked at. */
export class Watched {
  /** A call cannot be made again, or there are too many: nothing is known of the function. */
  isLost = false;
  readonly #function: PortFunction;
  readonly #isCode: IsCode;
  readonly #calls: Call[] = [];
  readonly #known = new Map<string, Call[]>();
  /** Calls by the counters that they enter. */
  readonly #entering = new Map<number, Call[]>();
  #made = 0;
  #kept = 0;

  constructor(code: PortFunction, isCode: IsCode) {
    this.#function = code;
    this.#isCode = isCode;
  }

  /** From now on each call is looked at. */
  begin(): void {
    this.#function.put(this.#look);
  }

  end(): void {
    this.#function.put(undefined);
  }

  readonly #look = (...args: readonly unknown[]): unknown => {
    const { code, put } = this.#function;
    put(undefined);
    const isWatched = !this.isLost;
    try {
      return isWatched ? this.#recorded(args) : code(...args);
    } finally {
      // What it calls of itself belongs to this call.
      if (!this.isLost) put(this.#look);
    }
  };

  #recorded(args: readonly unknown[]): unknown {
    const { code } = this.#function;
    const recording = recordCall();
    if (recording === null) return code(...args);
    try {
      const before = passed(args, this.#isCode);
      if (before === null || ++this.#made > MOST_CALLS) {
        this.#lose();
        return code(...args);
      }
      let outcome: string | null = null;
      try {
        const result = code(...args);
        outcome = left(args, result, this.#isCode);
        return result;
      } catch (error) {
        outcome = this.#thrown(args, error);
        throw error;
      } finally {
        if (outcome === null) this.#lose();
        else
          this.#keep({ scene: recording.scene, passed: before, deed: recording.deed(), outcome });
      }
    } finally {
      recording.end();
    }
  }

  #lose(): void {
    this.isLost = true;
    this.#calls.length = 0;
    this.#known.clear();
  }

  #keep(call: Call): void {
    const key = keyOf(call);
    const alike = this.#known.get(key);
    if (alike?.some(({ deed }) => isSame(deed.log, call.deed.log)) === true) return;
    const kept = { ...call, deed: { ...call.deed, log: Int32Array.from(call.deed.log) } };
    this.#kept += kept.deed.log.length;
    if (this.#kept > MOST_KEPT) {
      this.#lose();
      return;
    }
    this.#calls.push(kept);
    if (alike === undefined) this.#known.set(key, [kept]);
    else alike.push(kept);
  }

  /** Puts all calls to the port again, and finds out which of the counters each enters. */
  ask(counters: ReadonlySet<number>): void {
    for (const counter of counters) entries[counter] = 0;
    for (const call of this.#calls) {
      if (!this.#isDoneAgain(call)) {
        this.#lose();
        return;
      }
      for (const counter of counters) {
        if (entries[counter] === 0) continue;
        entries[counter] = 0;
        const calls = this.#entering.get(counter);
        if (calls === undefined) this.#entering.set(counter, [call]);
        else calls.push(call);
      }
    }
    this.#known.clear();
  }

  /** Does any call enter the region of a counter? */
  enters(counter: number): boolean {
    return this.#entering.has(counter);
  }

  /** Are the calls that enter one of these counters made now as they were? */
  isRepeated(counters: readonly number[]): boolean {
    const calls = new Set(counters.flatMap((counter) => this.#entering.get(counter) ?? []));
    return [...calls].every((call) => this.#isDoneAgain(call));
  }

  #isDoneAgain({ scene, passed: given, deed, outcome }: Call): boolean {
    const { code } = this.#function;
    return isDoneAgain(scene, deed, () => {
      const args = given.copy();
      try {
        return left(args, code(...args), this.#isCode) === outcome;
      } catch (error) {
        return this.#thrown(args, error) === outcome;
      }
    });
  }

  #thrown(args: readonly unknown[], error: unknown): string | null {
    const after = left(args, null, this.#isCode);
    return after === null ? null : `${after}throws ${String(error)}`;
  }
}

function keyOf({ scene, passed: { text }, deed, outcome }: Call): string {
  const { thread, held } = scene;
  const { log, events, held: after, turns } = deed;
  let hash = log.length;
  for (let i = 0; i < log.length; i++) hash = (Math.imul(hash, 31) + log[i]!) | 0;
  const locks = held.size === 0 ? '' : [...held].sort().join();
  // Steps and values have other numbers in other worlds.
  return [numberOf(scene.world), thread, locks, text, outcome, events, after, turns, hash].join(
    '\n',
  );
}

function isSame(a: Deed['log'], b: Deed['log']): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
