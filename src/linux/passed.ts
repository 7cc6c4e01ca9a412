// SPDX-License-Identifier: GPL-2.0-only
// What is a function passed, and what does it leave behind in it? Values, pointers into memory, and
// what lies on the caller's stack, which it may write. As a text that is equal for what is alike,
// and as a copy that can be passed again.

import { Ref } from '#explorer/objects';
import { Marker } from '#explorer/values';
import type { ScalarType } from './fields.ts';
import { AT, type Lvalue, MEMORY, type Memory, Place } from './place.ts';

/** What a call is passed, as it was before the call. */
export interface Passed {
  readonly text: string;
  /** The values again, with a stack of their own. */
  readonly copy: () => unknown[];
}

const numbers = new WeakMap<object, number>();
let numbered = 0;

/** What is the same for all, such as a world, an allocation or a type, by a number of its own. */
export function numberOf(thing: object): number {
  let number = numbers.get(thing);
  if (number === undefined) {
    number = ++numbered;
    numbers.set(thing, number);
  }
  return number;
}

/**
 * What is passed; null if a call cannot be made again with it, such as a function that remembers
 * something. `isCode`: is this function nothing but code?
 */
export function passed(
  values: readonly unknown[],
  isCode: (value: object) => boolean,
): Passed | null {
  const writer = new Writer(isCode);
  if (!values.every((value) => writer.put(value))) return null;
  const kept = writer.hasStack ? copyOf(values, new Map()) : values;
  return {
    text: writer.text,
    copy: () => (writer.hasStack ? copyOf(kept, new Map()) : [...values]),
  };
}

/** The same values after the call, and what it returned; null if that cannot be told. */
export function left(
  values: readonly unknown[],
  result: unknown,
  isCode: (value: object) => boolean,
): string | null {
  const writer = new Writer(isCode);
  return values.every((value) => writer.put(value)) && writer.put(result) ? writer.text : null;
}

/** Writes values one after the other; what comes twice is named by its place. */
class Writer {
  text = '';
  /** Is there anything that a call might write? */
  hasStack = false;
  readonly #isCode: (value: object) => boolean;
  #places: Map<object, number> | null = null;

  constructor(isCode: (value: object) => boolean) {
    this.#isCode = isCode;
  }

  /** False if there is something that has no text. */
  put(value: unknown): boolean {
    switch (typeof value) {
      case 'bigint':
        this.text += `${value}n `;
        return true;
      case 'string':
        this.text += `${JSON.stringify(value)} `;
        return true;
      case 'function':
        if (!this.#isCode(value)) return false;
        return this.#atom(value);
      case 'object':
        return value === null ? this.#word('null') : this.#object(value);
      case 'symbol':
        return false;
      default:
        return this.#word(String(value));
    }
  }

  #word(word: string): true {
    this.text += `${word} `;
    return true;
  }

  #atom(thing: object): true {
    return this.#word(`@${numberOf(thing)}`);
  }

  #object(value: object): boolean {
    if (value instanceof Place) {
      this.#atom(Object.getPrototypeOf(value));
      return this.#memory(value[MEMORY]) && this.#word(`+${value[AT]}`);
    }
    if (value instanceof Ref) return this.#atom(value);
    if (value instanceof Marker) return this.#atom(value);
    if (isLvalue(value)) {
      return this.#memory(value.memory) && this.#word(`+${value.offset}`) && this.#atom(value.type);
    }
    if (this.#isKnown(value)) return true;
    if (Array.isArray(value)) return this.#all('[', value);
    if (Object.getPrototypeOf(value) !== Object.prototype) return false;
    return this.#all(`{${Object.keys(value).join()}`, Object.values(value));
  }

  #memory(memory: Memory): boolean {
    if ('cells' in memory) return this.#atom(memory.cells);
    if (this.#isKnown(memory.stack)) return true;
    return this.#atom(memory.layout) && this.#all('(', memory.stack);
  }

  /** What can be written has its place among all such. */
  #isKnown(thing: object): boolean {
    this.hasStack = true;
    this.#places ??= new Map();
    const place = this.#places.get(thing);
    if (place === undefined) this.#places.set(thing, this.#places.size);
    else this.#word(`#${place}`);
    return place !== undefined;
  }

  #all(begin: string, values: readonly unknown[]): boolean {
    this.#word(begin);
    return values.every((value) => this.put(value)) && this.#word('.');
  }
}

function isLvalue(value: object): value is Lvalue<unknown> {
  return 'memory' in value && 'offset' in value && 'type' in value;
}

type Copies = Map<object, object>;

function copyOf(values: readonly unknown[], copies: Copies): unknown[] {
  return values.map((value) => copied(value, copies));
}

function copied(value: unknown, copies: Copies): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Place) return copiedPlace(value, copies);
  if (value instanceof Ref || value instanceof Marker) return value;
  if (isLvalue(value)) {
    const { memory, offset, type } = value as Lvalue<unknown> & { type: ScalarType<unknown> };
    return { memory: copiedMemory(memory, copies), offset, type };
  }
  const known = copies.get(value);
  if (known !== undefined) return known;
  const copy: object = Array.isArray(value) ? [] : {};
  copies.set(value, copy);
  for (const [key, part] of Object.entries(value))
    Object.assign(copy, { [key]: copied(part, copies) });
  return copy;
}

function copiedPlace(place: Place, copies: Copies): Place {
  const memory = copiedMemory(place[MEMORY], copies);
  if (memory === place[MEMORY]) return place;
  const { constructor: Own } = place as { constructor: unknown };
  return new (Own as new (memory: Memory, base: number) => Place)(memory, place[AT]);
}

function copiedMemory(memory: Memory, copies: Copies): Memory {
  if (!('stack' in memory)) return memory;
  let copy = copies.get(memory.stack);
  if (copy === undefined) {
    copy = { stack: [...memory.stack], layout: memory.layout };
    copies.set(memory.stack, copy);
  }
  return copy as Memory;
}
