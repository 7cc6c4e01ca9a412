// SPDX-License-Identifier: GPL-2.0-only
// Which states were seen? An exact set of rows of 32-bit words: open addressing and full
// comparison. No hash stands for a state, since a lost state is a lost kill.

export class RowSet {
  #width: number;
  #rows: Int32Array;
  #count = 0;
  #slots: Int32Array;
  readonly #hash: (row: Int32Array, from: number, width: number) => number;

  /** `hash` is given only by tests that force collisions. */
  constructor(width: number, hash = hashRow) {
    this.#width = width;
    this.#rows = new Int32Array(width * 1024);
    this.#slots = new Int32Array(4096).fill(-1);
    this.#hash = hash;
  }

  get size(): number {
    return this.#count;
  }

  get width(): number {
    return this.#width;
  }

  /** Bytes of rows and index. */
  get bytes(): number {
    return this.#rows.byteLength + this.#slots.byteLength;
  }

  /** Adds the first `width` words of `row`. Returns its number, or -1 if it was there. */
  add(row: Int32Array): number {
    const width = this.#width;
    if (this.#count * 2 >= this.#slots.length) this.#growSlots();
    const mask = this.#slots.length - 1;
    let slot = this.#hash(row, 0, width) & mask;
    for (let at = this.#slots[slot]!; at >= 0; at = this.#slots[slot]!) {
      if (this.#equals(row, at * width)) return -1;
      slot = (slot + 1) & mask;
    }
    const id = this.#count++;
    if (this.#rows.length < this.#count * width) this.#growRows();
    this.#rows.set(row.length === width ? row : row.subarray(0, width), id * width);
    this.#slots[slot] = id;
    return id;
  }

  /** Copies row `id` into `into`. */
  read(id: number, into: Int32Array): void {
    const from = id * this.#width;
    for (let i = 0; i < this.#width; i++) into[i] = this.#rows[from + i]!;
  }

  /** Makes every row longer; `pad(i)` is what word i of an old row becomes. */
  widen(width: number, pad: (index: number) => number): void {
    const old = this.#rows;
    const oldWidth = this.#width;
    this.#rows = new Int32Array(Math.max(1024, this.#count * 2) * width);
    for (let id = 0; id < this.#count; id++) {
      for (let i = 0; i < width; i++) {
        this.#rows[id * width + i] = i < oldWidth ? old[id * oldWidth + i]! : pad(i);
      }
    }
    this.#width = width;
    this.#rehash();
  }

  #equals(row: Int32Array, from: number): boolean {
    const rows = this.#rows;
    for (let i = 0; i < this.#width; i++) if (rows[from + i] !== row[i]) return false;
    return true;
  }

  #growRows(): void {
    const larger = new Int32Array(this.#rows.length * 2);
    larger.set(this.#rows);
    this.#rows = larger;
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#rehash();
  }

  #rehash(): void {
    this.#slots.fill(-1);
    const mask = this.#slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      let slot = this.#hash(this.#rows, id * this.#width, this.#width) & mask;
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id;
    }
  }
}

/** A multiplicative hash of all words. */
function hashRow(row: Int32Array, from: number, width: number): number {
  let hash = 0x9e37_79b9;
  for (let i = 0; i < width; i++) {
    hash = Math.imul(hash ^ row[from + i]!, 0x85eb_ca6b);
    hash ^= hash >>> 15;
  }
  return Math.imul(hash, 0xc2b2_ae35) >>> 1;
}
