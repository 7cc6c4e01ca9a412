// SPDX-License-Identifier: GPL-2.0-only
// How is a state written down? In words of 32 bits: first the slots that belong to nobody, then for
// each thread its operation, its store buffer and its own slots. Like threads are sorted, since
// which of them is which makes no difference.

import type { Machine } from './machine.ts';
import type { Program } from './program.ts';
import type { RowSet } from './rows.ts';
import { ALL_REDUCTIONS, type SearchOptions } from './search-options.ts';

/** Where one number of a state lies in a row. */
interface Place {
  readonly index: number;
  readonly word: number;
  readonly shift: number;
  readonly mask: number;
  /** Number to dense number and back; null if the number is stored as it is. */
  readonly dense: Int32Array | null;
  readonly values: readonly number[];
}

/** Store buffers are numbered as they appear; more than this many cannot be written down. */
const BUFFERS_MAX = 1 << 16;

export class RowCodec {
  readonly width: number;
  readonly #shared: Place[] = [];
  /** Places of each thread, relative to its first word. */
  readonly #own: Place[][] = [];
  readonly #firstWord: number;
  readonly #wordsPerThread: number;
  readonly #groups: number[][];
  readonly #row: Int32Array;

  constructor(program: Program, machine: Machine, options: SearchOptions) {
    const { threads, cells, domains } = machine;
    const { faults } = options;
    const { symmetry } = options.reductions ?? ALL_REDUCTIONS;
    const sharedSlots: number[] = [];
    const ownSlots: number[][] = Array.from({ length: threads }, () => []);
    cells.forEach((cell, slot) => {
      if (slot === faults?.rowWithoutSlot) return;
      const owner = program.world.ownerOf(cell);
      if (owner === null || owner.thread < 0) sharedSlots.push(slot);
      else ownSlots[owner.thread]!.push(slot);
    });
    const shared = new Packer();
    for (const slot of sharedSlots)
      this.#shared.push(shared.place(2 * threads + slot, domains[slot]!));
    this.#firstWord = shared.words;
    let words = 0;
    for (let t = 0; t < threads; t++) {
      const packer = new Packer();
      const places = [packer.count(t, machine.ops[t]!.length)];
      if (options.memoryModel !== 'sc') places.push(packer.count(threads + t, BUFFERS_MAX));
      // Slots of like threads must come in the same order.
      const own = [...ownSlots[t]!].sort((a, b) => cells[a]! - cells[b]!);
      if (faults?.symmetryWithoutOwnCells !== true) {
        for (const slot of own) places.push(packer.place(2 * threads + slot, domains[slot]!));
      }
      this.#own.push(places);
      words = Math.max(words, packer.words);
    }
    this.#wordsPerThread = words;
    this.width = Math.max(1, this.#firstWord + threads * words);
    this.#row = new Int32Array(this.width);
    this.#groups = symmetry ? groupsOf(program) : [];
  }

  /** The row of a state. The array is reused by the next call. */
  row(state: Int32Array): Int32Array {
    const row = this.#row.fill(0);
    for (const place of this.#shared) write(row, place, 0, state);
    for (let t = 0; t < this.#own.length; t++) {
      const first = this.#firstWord + t * this.#wordsPerThread;
      for (const place of this.#own[t]!) write(row, place, first, state);
    }
    for (const group of this.#groups) this.#sort(row, group);
    return row;
  }

  /** Reads a row back into a state, up to the order of like threads. */
  read(rows: RowSet, id: number, state: Int32Array): void {
    const row = this.#row;
    rows.read(id, row);
    for (const place of this.#shared) read(row, place, 0, state);
    for (let t = 0; t < this.#own.length; t++) {
      const first = this.#firstWord + t * this.#wordsPerThread;
      for (const place of this.#own[t]!) read(row, place, first, state);
    }
  }

  #sort(row: Int32Array, group: readonly number[]): void {
    const words = this.#wordsPerThread;
    const at = (t: number) => this.#firstWord + t * words;
    const isAfter = (a: number, b: number): boolean => {
      for (let w = 0; w < words; w++) {
        const difference = row[at(a) + w]! - row[at(b) + w]!;
        if (difference !== 0) return difference > 0;
      }
      return false;
    };
    for (let i = 1; i < group.length; i++) {
      for (let j = i; j > 0 && isAfter(group[j - 1]!, group[j]!); j--) {
        for (let w = 0; w < words; w++) {
          const saved = row[at(group[j]!) + w]!;
          row[at(group[j]!) + w] = row[at(group[j - 1]!) + w]!;
          row[at(group[j - 1]!) + w] = saved;
        }
      }
    }
  }
}

function groupsOf(program: Program): number[][] {
  const groups = new Map<number, number[]>();
  program.threads.forEach(({ group }, t) => {
    groups.set(group, [...(groups.get(group) ?? []), t]);
  });
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Fills words from the low bits up; a number never crosses a word. */
class Packer {
  words = 0;
  #free = 0;

  count(index: number, count: number): Place {
    return this.#put(index, count, null, []);
  }

  place(index: number, values: readonly number[]): Place {
    const dense = new Int32Array(Math.max(0, ...values) + 1).fill(-1);
    values.forEach((value, i) => {
      dense[value] = i;
    });
    return this.#put(index, values.length, dense, values);
  }

  #put(index: number, count: number, dense: Int32Array | null, values: readonly number[]): Place {
    const bits = Math.max(1, Math.ceil(Math.log2(Math.max(2, count))));
    if (bits > this.#free) {
      this.words++;
      this.#free = 31;
    }
    this.#free -= bits;
    return { index, word: this.words - 1, shift: this.#free, mask: (1 << bits) - 1, dense, values };
  }
}

function write(row: Int32Array, place: Place, first: number, state: Int32Array): void {
  const { dense, mask, word, shift, index } = place;
  const value = state[index]!;
  const number = dense === null ? value : dense[value]!;
  // The comparison is false for undefined, too.
  if (!(number >= 0 && number <= mask)) throw new Error('a state holds a value outside its domain');
  row[first + word]! |= number << shift;
}

function read(row: Int32Array, place: Place, first: number, state: Int32Array): void {
  const number = (row[first + place.word]! >>> place.shift) & place.mask;
  state[place.index] = place.dense === null ? number : place.values[number]!;
}
