// SPDX-License-Identifier: GPL-2.0-only
// Where does each observed value lead? Almost every step of almost every history can only observe
// one value, and there are tens of thousands of histories, so the first value needs no map.

import type { ValueId } from './step.ts';

/** A map from values, in the order of their first setting, that is small while it has one entry. */
export class ByValue<T> {
  #value: ValueId = -1;
  #item: T | undefined = undefined;
  #all: Map<ValueId, T> | null = null;

  get size(): number {
    if (this.#all !== null) return this.#all.size;
    return this.#item === undefined ? 0 : 1;
  }

  get(value: ValueId): T | undefined {
    if (this.#all !== null) return this.#all.get(value);
    return value === this.#value ? this.#item : undefined;
  }

  set(value: ValueId, item: T): void {
    if (this.#all !== null) this.#all.set(value, item);
    else if (this.#item === undefined || this.#value === value) {
      this.#value = value;
      this.#item = item;
    } else {
      this.#all = new Map([
        [this.#value, this.#item],
        [value, item],
      ]);
    }
  }

  /** The item of the value that was set first. Throws if there is none. */
  get first(): T {
    const item = this.#all === null ? this.#item : this.#all.values().next().value;
    if (item === undefined) throw new Error('no value leads anywhere');
    return item;
  }

  /** All pairs. */
  entries(): Iterable<[ValueId, T]> {
    if (this.#all !== null) return this.#all;
    return this.#item === undefined ? [] : [[this.#value, this.#item]];
  }
}
