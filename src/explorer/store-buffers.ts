// SPDX-License-Identifier: GPL-2.0-only
// What does a memory model with store buffers add? Under `pso-release` a plain store goes into the
// thread's own buffer first. Stores to one location stay in order, stores to different locations
// do not; locks, grace periods, kfree() and publication wait until the own buffer is empty; a load
// sees the own buffer first. Under `sc` nothing is ever delayed.

import type { MemoryModel } from './program.ts';
import type { Step, ValueId } from './step.ts';

/** Stores that one buffer holds at most: a bound, printed with every result. */
export const BUFFER_DEPTH = 3;

export interface Flush {
  /** The store that reaches memory. */
  readonly step: Step;
  /** The buffer without it. */
  readonly rest: number;
}

/** Buffers are interned lists of stores; 0 is the empty buffer. */
export class StoreBuffers {
  readonly isActive: boolean;
  readonly #lists: (readonly Step[])[] = [[]];
  readonly #ids = new Map<string, number>([['', 0]]);
  readonly #flushes: (Flush[] | undefined)[] = [];

  constructor(memoryModel: MemoryModel) {
    this.isActive = memoryModel === 'pso-release';
  }

  /** False if the step must wait for the thread's own buffer. */
  allows(step: Step, buffer: number): boolean {
    if (buffer === 0) return true;
    if (step.fence) return false;
    return !step.plainStore || this.#lists[buffer]!.length < BUFFER_DEPTH;
  }

  /** True if the step goes into the buffer instead of memory. */
  delays(step: Step): boolean {
    return this.isActive && step.plainStore;
  }

  push(buffer: number, step: Step): number {
    return this.#intern([...this.#lists[buffer]!, step]);
  }

  /** The stores that a buffer holds, oldest first. */
  stores(buffer: number): readonly Step[] {
    return this.#lists[buffer]!;
  }

  /** Each store that may reach memory next: the oldest one of its location. */
  flushes(buffer: number): readonly Flush[] {
    if (buffer === 0) return [];
    let found = this.#flushes[buffer];
    if (found === undefined) {
      const list = this.#lists[buffer]!;
      found = list.flatMap((step, i) => {
        const isOldest = list.findIndex((other) => other.location === step.location) === i;
        return isOldest ? [{ step, rest: this.#intern(list.filter((_, j) => j !== i)) }] : [];
      });
      this.#flushes[buffer] = found;
    }
    return found;
  }

  /** What a load observes in the own buffer; null if it has to look at memory. */
  forwarded(buffer: number, step: Step): ValueId | null {
    if (buffer === 0 || step.location < 0) return null;
    const store = this.#lists[buffer]!.findLast((other) => other.location === step.location);
    if (store === undefined) return null;
    return step.project === null ? store.stored : step.project(store.stored);
  }

  #intern(list: readonly Step[]): number {
    const key = list.map((step) => step.id).join();
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#lists.length;
      this.#lists.push(list);
      this.#ids.set(key, id);
    }
    return id;
  }

  /** The cells that flushes of this buffer may still change. */
  cells(buffer: number): readonly number[] {
    return this.#lists[buffer]!.flatMap((step) => step.effects.map((effect) => effect.cell));
  }
}
