// SPDX-License-Identifier: GPL-2.0-only
// How are values kept in cells? As small integers. A u64, a pointer or the contents of a whole
// object is interned once per world and known by its number from then on.

import type { ValueId } from './step.ts';
import type { Value } from './world.ts';

/** The scalars of an object that share one cell, each by its number. */
export class Contents {
  readonly items: readonly ValueId[];
  constructor(items: readonly ValueId[]) {
    this.items = items;
  }
}

/** A value that no program wrote. */
export class Marker {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Memory that was allocated and never written. */
export const UNINITIALISED = new Marker('uninitialised');
/** Memory that was freed. */
export const POISON = new Marker('freed');
/**
 * A place behind the end of an allocation: an array that was given fewer elements than its type.
 */
export const OUTSIDE = new Marker('outside');

export class ValueTable {
  readonly uninitialised: ValueId;
  readonly poison: ValueId;
  readonly outside: ValueId;
  /** What a step returns that returns nothing. */
  readonly nothing: ValueId;
  readonly #values: Value[] = [];
  readonly #ids = new Map<Value, ValueId>();
  readonly #contents = new Map<string, ValueId>();
  readonly #with = new Map<ValueId, Map<number, ValueId>>();

  constructor() {
    this.uninitialised = this.#add(UNINITIALISED);
    this.poison = this.#add(POISON);
    this.nothing = this.#add(undefined);
    this.outside = this.#add(OUTSIDE);
  }

  get size(): number {
    return this.#values.length;
  }

  intern(value: Value): ValueId {
    if (value instanceof Contents) return this.contents(value.items);
    return this.#ids.get(value) ?? this.#add(value);
  }

  valueOf(id: ValueId): Value {
    return this.#values[id];
  }

  contents(items: readonly ValueId[]): ValueId {
    const key = items.join();
    let id = this.#contents.get(key);
    if (id === undefined) {
      id = this.#values.length;
      this.#values.push(new Contents([...items]));
      this.#contents.set(key, id);
    }
    return id;
  }

  /** One scalar of the contents `id`; freed memory yields freed scalars. */
  item(id: ValueId, path: number): ValueId {
    const value = this.#values[id];
    return value instanceof Contents ? value.items[path]! : id;
  }

  /**
   * The contents `id` with one scalar replaced. Freed memory stays freed, and what lies behind the
   * end of an allocation belongs to somebody else.
   */
  withItem(id: ValueId, path: number, item: ValueId): ValueId {
    let changes = this.#with.get(id);
    if (changes === undefined) {
      changes = new Map();
      this.#with.set(id, changes);
    }
    const key = path * 0x100_0000 + item;
    let result = changes.get(key);
    if (result === undefined) {
      const value = this.#values[id];
      if (!(value instanceof Contents) || value.items[path] === this.outside) result = id;
      else {
        const items = [...value.items];
        items[path] = item;
        result = this.contents(items);
      }
      changes.set(key, result);
    }
    return result;
  }

  /** A text that is equal for equal values of any two worlds: for sets that are compared. */
  stableText(id: ValueId): string {
    const value = this.#values[id];
    if (value instanceof Marker) return `<${value.name}>`;
    if (value instanceof Contents)
      return `(${value.items.map((i) => this.stableText(i)).join(' ')})`;
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'string') return JSON.stringify(value);
    if (value !== null && typeof value === 'object') return `&${value.object.name}+${value.offset}`;
    return String(value);
  }

  #add(value: Value): ValueId {
    const id = this.#values.length;
    this.#values.push(value);
    this.#ids.set(value, id);
    return id;
  }
}
