// SPDX-License-Identifier: GPL-2.0-only
// Where do scenarios take their choices from? A generator that gives the same numbers on every
// machine, so that a list of calls is known by its seed.

export class Random {
  #state: number;

  /** Equal seeds give equal numbers, for ever. */
  constructor(seed: number) {
    this.#state = (seed * 0x9e37_79b1) >>> 0;
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    // xorshift32: its low bits are as good as its high ones.
    let s = this.#state || 1;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.#state = s >>> 0;
    return this.#state % below;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}
