// SPDX-License-Identifier: GPL-2.0-only
// What are the steps of C on a word of shared memory? A load or a store of all 8 bytes is that of
// any field. A part of a word is replaced in one step, and so is what an atomic instruction does.

import type { Allocation } from '#explorer/objects';
import { type Effect, PLAIN, type Step } from '#explorer/step';
import type { Value, World } from '#explorer/world';

/** A part of a word: `bits` of it from bit `shift` on. */
export interface Part {
  readonly shift: number;
  readonly bits: number;
}

/** The bits of a part as a number, unsigned. */
export function partOf(word: bigint, { shift, bits }: Part): bigint {
  return BigInt.asUintN(bits, word >> BigInt(shift));
}

/** The word with another part. */
export function withPart(word: bigint, { shift, bits }: Part, value: bigint): bigint {
  const mask = ((1n << BigInt(bits)) - 1n) << BigInt(shift);
  return (word & ~mask) | (BigInt.asUintN(bits, value) << BigInt(shift));
}

/** What a word says, as a number of 64 bits; memory that was never written says 0. */
export function numberOf(value: Value): bigint {
  return typeof value === 'bigint' ? value : typeof value === 'number' ? BigInt(value) : 0n;
}

export const LOAD = (world: World, object: Allocation, word: number, _: null): Step =>
  world.loadStep(object, word);
export const STORE = (world: World, object: Allocation, word: number, value: bigint): Step =>
  world.storeStep(object, word, world.intern(value), false);
export const RELEASE = (world: World, object: Allocation, word: number, value: bigint): Step =>
  world.storeStep(object, word, world.intern(value), true);

/** An instruction that reads and writes a part of a word, with nothing in between. */
export interface Exchange {
  readonly verb: string;
  readonly part: Part;
  /** Write only if this is there; null: always. */
  readonly expected: bigint | null;
  readonly value: bigint;
  /** It orders other accesses, as a locked instruction does. */
  readonly isFence: boolean;
  /** The thread learns what was there. */
  readonly isSeen: boolean;
  /** `value` is added to what is there. */
  readonly isSum?: boolean;
}

export const EXCHANGE = (world: World, object: Allocation, word: number, e: Exchange): Step => {
  const { part, expected, value } = e;
  const cell = object.cellOf[word]!;
  const path = object.pathOf[word]!;
  const key = `${e.verb}:${cell}:${path}:${part.shift}:${part.bits}:${expected}:${value}`;
  return world.step(key, () => {
    const { table } = world;
    const attached = world.attachedTo(cell);
    const effect: Effect = {
      cell,
      from: -1,
      blind: false,
      apply: (all) => {
        const old = path < 0 ? all : table.item(all, path);
        if (old === table.poison || old === table.outside) return all;
        const found = numberOf(world.valueOf(old));
        if (expected !== null && partOf(found, part) !== expected) return all;
        const stored = e.isSum === true ? partOf(found, part) + value : value;
        const after = world.intern(withPart(found, part, stored));
        return path < 0 ? after : table.withItem(all, path, after);
      },
    };
    const [freed, alive] = [world.intern(true), world.intern(false)];
    const { name, show } = object.layout.scalars[word]!;
    const text = world.show(world.intern(value), show);
    return {
      ...PLAIN,
      observe: e.isSeen || object.heap ? cell : -1,
      project: e.isSeen
        ? null
        : object.heap
          ? (old) => (old === table.poison ? freed : alive)
          : null,
      effects: attached === undefined ? [effect] : [effect, attached],
      fence: e.isFence,
      describe: () => ({
        text: `${object.name}->${name} ${e.verb} ${text}${e.isSeen ? ' -> %' : ''}`,
        show: e.isSeen ? (id) => world.show(id, show) : null,
      }),
    };
  });
};
