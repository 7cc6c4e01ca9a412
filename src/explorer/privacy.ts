// SPDX-License-Identifier: GPL-2.0-only
// May a step be taken first, before anything that other threads could do? Yes, if no other thread
// may still touch its cells in conflict; and for locks and read-side sections in a few more cases,
// each argued at its place.

import type { Footprints } from './footprints.ts';
import type { Machine, Op } from './machine.ts';
import type { SearchFaults } from './search-options.ts';
import { type CellId, OWN, type Step } from './step.ts';
import type { StoreBuffers } from './store-buffers.ts';
import type { World } from './world.ts';

/** A set of cells as two words, by the bits of the footprints. */
interface Cells {
  readonly low: number;
  readonly high: number;
}

const NO_CELLS: Cells = { low: 0, high: 0 };

/** What is known of a step of one thread, for good. */
interface Shape {
  readonly reads: Cells;
  readonly writes: Cells;
  /** Drops a lock or closes a section, which nobody can notice before it is done. */
  readonly isRelease: boolean;
}

export class Privacy {
  readonly #world: World;
  readonly #machine: Machine;
  readonly #footprints: Footprints;
  readonly #buffers: StoreBuffers;
  readonly #faults: SearchFaults | undefined;
  /** Per thread and operation. */
  readonly #shapes: (Shape | undefined)[][];
  /** More than one thread waits for readers: the rules for sections do not hold then. */
  readonly #manyWait: boolean;
  /** Cells of locks, and of sections, that some other step looks at than those made for it. */
  readonly #oddCells: ReadonlySet<CellId>;

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
    this.#shapes = machine.ops.map((ops) => new Array(ops.length).fill(undefined));
    this.#oddCells = oddCells(world, machine);
    const waiting = machine.ops.filter((ops) => ops.some((op) => op.step?.grace === 'begin'));
    this.#manyWait = waiting.length > 1;
  }

  /** The step is enabled. Is it independent of all that other threads may do before it? */
  isPrivate(op: Op, state: Int32Array, t: number): boolean {
    if (op.isGuarded) return true;
    const step = op.step!;
    // The end of a grace period that may end may always end: nothing makes a thread wait for
    // readers but the beginning, which only this thread executes.
    if (step.grace === 'end' && !this.#manyWait) return true;
    if (step.grace === 'begin' && this.#faults?.graceBeginIsPrivate === true) return true;
    let shape = this.#shapes[t]![state[t]!];
    if (shape === undefined) {
      shape = this.#makeShape(step, t);
      this.#shapes[t]![state[t]!] = shape;
    }
    return shape.isRelease || !this.#conflicts(state, t, shape.reads, shape.writes);
  }

  /** The step takes a lock that keeps all others out until thread t drops it. */
  isExclusive(step: Step, t: number): boolean {
    if (!this.#machine.locksExclude) return false;
    return step.writes.every((cell) => !this.#oddCells.has(this.#world.resolve(cell, t)));
  }

  /** May this store of thread t's buffer reach memory before anything that others could do? */
  isPrivateFlush(step: Step, state: Int32Array, t: number): boolean {
    return !this.#conflicts(state, t, this.#cells(step.reads, t), this.#cells(step.writes, t));
  }

  #makeShape(step: Step, t: number): Shape {
    // A delayed store only enters the thread's own buffer; reaching memory is a move of its own.
    const isDelayed = this.#buffers.delays(step);
    const reads = isDelayed && step.observe < 0 ? [] : step.reads;
    return {
      reads: this.#cells(reads, t),
      writes: isDelayed ? NO_CELLS : this.#cells(step.writes, t),
      isRelease: this.#isRelease(step, t),
    };
  }

  /**
   * Who waits for a lock can do nothing before it is dropped, and nobody else touches it. Of a
   * section that closes only grace periods take note: one that begins just before waits for it
   * until it closes, one that begins just after does not, and both have the same to wait for then.
   */
  #isRelease(step: Step, t: number): boolean {
    if (step.section !== -1 && step.lock !== -1) return false;
    if (step.lock === -1 && !this.#machine.locksExclude) return false;
    if (this.#faults?.unlockIsAlwaysPrivate === true) return true;
    return step.writes.every((cell) => !this.#oddCells.has(this.#world.resolve(cell, t)));
  }

  #cells(cells: readonly CellId[], t: number): Cells {
    const words = [0, 0];
    for (const named of cells) {
      const cell = this.#world.resolve(named, t);
      const bit = this.#footprints.bitOf(cell);
      if (bit === 0 && this.#faults?.cellIsPrivate === true) continue;
      if (bit >= 0) words[bit >> 5]! |= 1 << (bit & 31);
    }
    return { low: words[0]!, high: words[1]! };
  }

  #conflicts(state: Int32Array, t: number, reads: Cells, writes: Cells): boolean {
    const { threads } = this.#machine;
    const { futureReads, futureWrites } = this.#footprints;
    const minded = this.#faults?.conflictIgnoresReads === true ? 0 : -1;
    for (let u = 0; u < threads; u++) {
      if (u === t) continue;
      const at = state[u]! * 2;
      const written = futureWrites[u]!;
      const read = futureReads[u]!;
      const low =
        (reads.low & minded & written[at]!) | (writes.low & (written[at]! | (read[at]! & minded)));
      const high =
        (reads.high & minded & written[at + 1]!) |
        (writes.high & (written[at + 1]! | (read[at + 1]! & minded)));
      if ((low | high) !== 0) return true;
      if (this.#buffers.isActive && this.#meetsBuffer(state, u, reads, writes)) return true;
    }
    return false;
  }

  /** Stores that wait in another thread's buffer are writes that are still to come. */
  #meetsBuffer(state: Int32Array, u: number, reads: Cells, writes: Cells): boolean {
    const buffer = state[this.#machine.threads + u]!;
    if (buffer === 0) return false;
    const { low, high } = this.#cells(this.#buffers.cells(buffer), u);
    return (((reads.low | writes.low) & low) | ((reads.high | writes.high) & high)) !== 0;
  }
}

/**
 * Cells of locks that are touched by more than taking and dropping, and cells of sections that
 * another thread touches other than by a grace period.
 */
function oddCells(world: World, machine: Machine): Set<CellId> {
  const odd = new Set<CellId>();
  machine.ops.forEach((ops, t) => {
    for (const { step } of ops) {
      if (step === null || step.lock !== 0 || step.grace !== null) continue;
      for (const cell of [...step.reads, ...step.writes]) {
        // A thread's own sections are its own business.
        if (step.section === 0 || cell < OWN) odd.add(world.resolve(cell, t));
      }
    }
  });
  return odd;
}
