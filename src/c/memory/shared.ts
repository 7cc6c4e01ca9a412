// SPDX-License-Identifier: GPL-2.0-only
// How does C read and write what threads share? By one step for each access, as ports do; code that
// runs alone does the same to memory without making the step.

import { loadNow, storeNow } from '#explorer/execute';
import { currentThread, emit, PortError, perform, unwatchedWorld } from '#explorer/run';
import { PLAIN, type Step } from '#explorer/step';
import { type Marker, OUTSIDE, POISON, UNINITIALISED } from '#explorer/values';
import type { Allocation, Value, World } from '#explorer/world';
import type { Address } from '../machine.ts';
import type { FlatWorld, Placed } from './flat-world.ts';
import {
  EXCHANGE,
  type Exchange,
  LOAD,
  numberOf,
  type Part,
  RELEASE,
  STORE,
  withPart,
} from './words.ts';

/** The word at an address of an object. Reports memory that was freed, or never written. */
export function loadShared(flat: FlatWorld, placed: Placed, address: Address): bigint {
  const word = wordOf(flat, placed, address, 'read');
  if (word < 0) return 0n;
  const world = unwatchedWorld();
  const { object } = placed;
  const value = world === null ? perform(LOAD, object, word, null) : loadNow(world, object, word);
  return judged(value, placed, word);
}

/** A store of C: the value of a part of a word. */
export interface Stored {
  readonly part: Part;
  readonly value: bigint;
  readonly isRelease: boolean;
}

/** Writes a word or a part of it. */
export function storeShared(flat: FlatWorld, placed: Placed, address: Address, what: Stored): void {
  const word = wordOf(flat, placed, address, 'write');
  if (word < 0) return;
  const { object } = placed;
  const { part, isRelease } = what;
  const world = unwatchedWorld();
  let freed: Value;
  if (world !== null) {
    const old = part.bits === 64 ? 0n : numberOf(peek(world, object, word));
    const value = BigInt.asUintN(
      64,
      part.bits === 64 ? what.value : withPart(old, part, what.value),
    );
    freed = storeNow(world, currentThread(), object, word, world.intern(value));
  } else if (part.bits === 64) {
    const value = BigInt.asUintN(64, what.value);
    freed = perform(isRelease ? RELEASE : STORE, object, word, value);
  } else if (flat.world.options.granularity === 'field') {
    // A store buffer holds whole words: what a neighbour in the word writes meanwhile is missed.
    const old = numberOf(perform(LOAD, object, word, null));
    const value = withPart(old, part, what.value);
    freed = perform(isRelease ? RELEASE : STORE, object, word, value);
  } else {
    const exchange: Exchange = {
      verb: ':=',
      part,
      expected: null,
      value: BigInt.asUintN(part.bits, what.value),
      isFence: isRelease,
      isSeen: false,
    };
    freed = perform(EXCHANGE, object, word, exchange);
  }
  if (freed === true) emit('use-after-free', `write to ${nameOf(placed, word)}`);
}

function peek(world: World, object: Allocation, word: number): Value {
  const all = world.memory[object.cellOf[word]!]!;
  const path = object.pathOf[word]!;
  return world.valueOf(path < 0 ? all : world.table.item(all, path));
}

/** Reads and writes in one step; the word as it was. */
export function exchangeShared(
  flat: FlatWorld,
  placed: Placed,
  address: Address,
  asked: Exchange,
): bigint {
  const word = wordOf(flat, placed, address, 'exchange');
  if (word < 0) return 0n;
  return judged(perform(EXCHANGE, placed.object, word, asked), placed, word);
}

const COPY = (world: World, to: Allocation, word: number, from: number): Step => {
  const cell = to.cellOf[word]!;
  return world.step(`copy ${cell} ${from}`, () => ({
    ...PLAIN,
    effects: [{ cell, from, blind: false, apply: (_old, copied) => copied }],
    describe: () => ({
      text: `${to.name}->${to.layout.scalars[word]!.name} := ${world.cellName[from]!()}`,
      show: null,
    }),
  }));
};

/**
 * Moves a word that others write at any time to where nobody looks yet, in one step that tells the
 * thread nothing. Both words have cells of their own.
 */
export function copyUnseen(flat: FlatWorld, to: Address, from: Address): void {
  const [target, source] = [flat.find(to)!, flat.find(from)!];
  const word = wordOf(flat, target, to, 'write');
  const sourceWord = wordOf(flat, source, from, 'read');
  for (const [{ object }, at] of [
    [target, word],
    [source, sourceWord],
  ] as const)
    if (object.pathOf[at]! >= 0) throw new PortError(`a word of ${object.name} does not lie apart`);
  perform(COPY, target.object, word, source.object.cellOf[sourceWord]!);
}

const CLEAR = (world: World, object: Allocation, word: number, _: null): Step => {
  const cell = object.cellOf[word]!;
  const zero = world.intern(0n);
  return world.step(`clear ${cell}`, () => ({
    ...PLAIN,
    effects: [{ cell, from: -1, blind: true, apply: () => zero }],
    describe: () => ({
      text: `${object.name}->${object.layout.scalars[word]!.name} := 0`,
      show: null,
    }),
  }));
};

/** Zeroes such a word. */
export function clearUnseen(flat: FlatWorld, address: Address): void {
  const placed = flat.find(address)!;
  perform(CLEAR, placed.object, wordOf(flat, placed, address, 'write'), null);
}

/** The word of an object that an address is in; -1 behind its end, which is reported. */
function wordOf(flat: FlatWorld, placed: Placed, address: Address, verb: string): number {
  const offset = address - placed.address;
  if (offset >= placed.bytes) {
    emit(
      'out-of-bounds',
      `${verb} ${offset - placed.bytes} bytes behind ${placed.object.layout.label}`,
    );
    return -1;
  }
  const word = offset / 8;
  flat.cellOf(placed.object, word);
  return word;
}

const EVENT_OF: ReadonlyMap<Value, string> = new Map<Value, string>([
  [UNINITIALISED, 'uninitialised-read'],
  [POISON, 'use-after-free'],
  [OUTSIDE, 'out-of-bounds'],
]);

function judged(value: Value, placed: Placed, word: number): bigint {
  const event = EVENT_OF.get(value as Marker);
  if (event === undefined) return numberOf(value);
  emit(event, `read of ${nameOf(placed, word)}`);
  return 0n;
}

/** As events name a member: the type, and the member without its place in arrays. */
function nameOf({ object }: Placed, word: number): string {
  const { label, scalars } = object.layout;
  return `${label}->${(scalars[word]?.name ?? '').replace(/\[\d+\]/g, '[]')}`;
}
