// SPDX-License-Identifier: GPL-2.0-only
// May a step be taken first, before anything that other threads could do? Yes, if no other thread may
// still touch its cells in conflict; and for read-side sections in three more cases, each argued at
// its place.

import type { Footprints } from './footprints.ts';
import type { Machine } from './machine.ts';
import type { SearchFaults } from './search-options.ts';
import type { CellId, Step } from './step.ts';
import type { StoreBuffers } from './store-buffers.ts';
import type { World } from './world.ts';

export class Privacy {
  readonly #world: World;
  readonly #machine: Machine;
  readonly #footprints: Footprints;
  readonly #buffers: StoreBuffers;
  readonly #faults: SearchFaults | undefined;
  /** More than one thread waits for readers: the rules for sections do not hold then. */
  readonly #manyWait: boolean;

  constructor(
    world: World,
    machine: Machine,
    footprints: Footprints,
    buffers: StoreBuffers,
    faults: SearchFaults | undefined,
  ) {
    this.#world = world;
    this.#machine = machine;
    this.#footprints = footprints;
    this.#buffers = buffers;
    this.#faults = faults;
    this.#manyWait =
      machine.ops.filter((ops) => ops.some((op) => op.step?.grace === 'begin')).length > 1;
  }

  /** The step is enabled. Is it independent of all that other threads may still do? */
  isPrivate(step: Step, state: Int32Array, t: number): boolean {
    // The end of a grace period that may end may always end: nothing makes a thread wait for readers
    // but the beginning, which only this thread executes.
    if (step.grace === 'end' && !this.#manyWait) return true;
    if (step.grace === 'begin' && this.#faults?.graceBeginIsPrivate === true) return true;
    // A delayed store only enters the thread's own buffer; reaching memory is a move of its own.
    const isDelayed = this.#buffers.delays(step);
    if (step.section === -1 && !this.#manyWait) {
      if (this.#faults?.unlockIsPrivate === true) return true;
      // Only the outermost unlock releases who waits; an inner one is like any other step.
      const awaited = step.effects.length > 1 ? this.#world.resolve(step.effects[0]!.cell, t) : -1;
      const slot = this.#machine.slotOf.get(awaited);
      const isAwaited =
        slot !== undefined && this.#world.valueOf(state[2 * this.#machine.threads + slot]!) !== 0;
      // Who waits for this section can do nothing before it closes.
      if (isAwaited) return true;
      // Nobody waits for it: closing it does not change who is awaited.
      return !this.#conflicts(
        state,
        t,
        this.#cellsOf(step.reads, t, awaited),
        this.#cellsOf(step.writes, t, awaited),
      );
    }
    const writes = isDelayed ? [] : step.writes;
    const reads = isDelayed && step.observe < 0 ? [] : step.reads;
    return !this.#conflicts(state, t, this.#cellsOf(reads, t, -1), this.#cellsOf(writes, t, -1));
  }

  /** May this store of thread t's buffer reach memory before anything that others could do? */
  isPrivateFlush(step: Step, state: Int32Array, t: number): boolean {
    return !this.#conflicts(
      state,
      t,
      this.#cellsOf(step.reads, t, -1),
      this.#cellsOf(step.writes, t, -1),
    );
  }

  #cellsOf(cells: readonly CellId[], t: number, without: CellId): readonly CellId[] {
    return cells.map((cell) => this.#world.resolve(cell, t)).filter((cell) => cell !== without);
  }

  #conflicts(
    state: Int32Array,
    t: number,
    reads: readonly CellId[],
    writes: readonly CellId[],
  ): boolean {
    const { threads } = this.#machine;
    const { bitOf, futureReads, futureWrites } = this.#footprints;
    const ignoresReads = this.#faults?.conflictIgnoresReads === true;
    for (let u = 0; u < threads; u++) {
      if (u === t) continue;
      const at = state[u]! * 2;
      const has = (sets: readonly Uint32Array[], bit: number) =>
        ((sets[u]![at + (bit >> 5)]! >>> (bit & 31)) & 1) === 1;
      const buffered = this.#buffers.isActive ? this.#bufferedBy(u, state) : null;
      for (const cell of reads) {
        const bit = bitOf(cell);
        if (buffered?.has(cell) === true) return true;
        if (bit >= 0 && !ignoresReads && has(futureWrites, bit)) return true;
      }
      for (const cell of writes) {
        const bit = bitOf(cell);
        if (buffered?.has(cell) === true) return true;
        if (bit >= 0 && (has(futureWrites, bit) || (!ignoresReads && has(futureReads, bit))))
          return true;
      }
    }
    return false;
  }

  #bufferedBy(u: number, state: Int32Array): ReadonlySet<CellId> | null {
    const buffer = state[this.#machine.threads + u]!;
    if (buffer === 0) return null;
    return new Set(this.#buffers.cells(buffer).map((cell) => this.#world.resolve(cell, u)));
  }
}
