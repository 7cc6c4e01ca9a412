// SPDX-License-Identifier: GPL-2.0-only
// include/linux/atomic.h: a read and a write that nothing can come between, and an int that any
// thread may read and write at any time. On x86 reads and sets alone are plain accesses that no
// lock and no barrier orders, so both are steps like those of any field.

import { emit, isReplaying, perform } from '#explorer/run';
import { type Effect, PLAIN, type Step } from '#explorer/step';
import { Marker } from '#explorer/values';
import { type Allocation, Ref, type Value, type World } from '#explorer/world';
import { refOf } from './place.ts';
import {
  apart,
  int,
  type Lvalue,
  loadScalar,
  located,
  type Of,
  storeScalar,
  struct,
  unseen,
} from './struct.ts';

interface Exchange {
  readonly verb: string;
  /** Exchange only if this is found; undefined: always. */
  readonly expected: Value | undefined;
  readonly value: Value;
}

const EXCHANGE = (
  world: World,
  object: Allocation,
  offset: number,
  { verb, expected, value }: Exchange,
): Step => {
  const stored = world.intern(value);
  const wanted = expected === undefined ? -1 : world.intern(expected);
  return world.step(`${verb}:${object.name}+${offset}:${wanted}:${stored}`, () => {
    const { table } = world;
    const load = world.loadStep(object, offset);
    const cell = object.cellOf[offset]!;
    const path = object.pathOf[offset]!;
    const attached = world.attachedTo(cell);
    const effect: Effect = {
      cell,
      from: -1,
      blind: false,
      apply: (old) => {
        const found = path < 0 ? old : table.item(old, path);
        if ((wanted >= 0 && found !== wanted) || old === table.poison) return old;
        return path < 0 ? stored : table.withItem(old, path, stored);
      },
    };
    const { name, show } = object.layout.scalars[offset]!;
    const text = world.show(stored, show);
    return {
      ...PLAIN,
      observe: cell,
      project: load.project,
      effects: attached === undefined ? [effect] : [effect, attached],
      fence: true,
      describe: () => ({
        text: `${verb}(&${object.name}->${name}, ${text}) -> %`,
        show: (id) => world.show(id, show),
      }),
    };
  });
};

const stored = <T>(value: T): Value => {
  const raw = value as unknown;
  return raw !== null && typeof raw === 'object' ? refOf(raw) : (raw as Value);
};

function exchange<T>(p: Lvalue<T>, what: Exchange): T {
  if ('stack' in p.memory) {
    const old = loadScalar(p.memory, p.offset, p.type);
    if (what.expected === undefined || stored(old) === what.expected)
      storeScalar(p.memory, p.offset, p.type, what.value as T, false);
    return old;
  }
  const found = perform(EXCHANGE, p.memory.cells, p.offset, what);
  p.type.storeGuard?.(p.memory, p.offset);
  if (found instanceof Marker) {
    if (!isReplaying()) emit('use-after-free', `exchange of ${p.memory.cells.layout.label}`);
    return p.type.zero as T;
  }
  return (found instanceof Ref ? found.view : found) as T;
}

/** Writes a value and returns what was there before. */
export function xchg<T>(p: Lvalue<T>, value: T): T {
  return exchange(p, { verb: 'xchg', expected: undefined, value: stored(p.type.convert(value)) });
}

/**
 * Writes a value if `old.val` is found; else `old.val` becomes what was found. True if it wrote.
 */
export function try_cmpxchg64<T>(p: Lvalue<T>, old: { val: T }, value: T): boolean {
  const expected = old.val;
  const found = exchange(p, {
    verb: 'try_cmpxchg64',
    expected: stored(expected),
    value: stored(p.type.convert(value)),
  });
  if (found === expected) return true;
  old.val = found;
  return false;
}

/** It has a memory cell of its own, and a copy of the struct around it does not look at it. */
export const atomic_t = struct('atomic_t', { counter: unseen(apart(int)) });
export type atomic_t = Of<typeof atomic_t>;

export function atomic_read(v: atomic_t): number {
  return v.counter;
}

/** Stores an int of 32 bits. Not a release: with store buffers it may become visible late. */
export function atomic_set(v: atomic_t, i: number): void {
  v.counter = i;
}

const SET_IF_GE = (world: World, object: Allocation, offset: number, to: string): Step => {
  const cell = object.cellOf[offset]!;
  const [limit, i] = to.split(' ').map(Number) as [number, number];
  return world.step(`atomic_set_if_ge ${cell} ${to}`, () => {
    const set = world.intern(i);
    const isReached = (old: number): boolean => {
      const value = world.valueOf(old);
      return typeof value === 'number' && value >= limit;
    };
    const { name } = object.layout.scalars[offset]!;
    return {
      ...PLAIN,
      effects: [{ cell, from: -1, blind: false, apply: (old) => (isReached(old) ? set : old) }],
      describe: () => ({ text: `if (${object.name}->${name} >= ${limit}) := ${i}`, show: null }),
    };
  });
};

/**
 * `if (atomic_read(v) >= limit) atomic_set(v, i);` for a struct that nobody else can reach yet: one
 * step, so that who takes it learns nothing of a value that readers of another copy have written.
 */
export function atomic_set_if_ge(v: atomic_t, limit: number, i: number): void {
  const { memory, base } = located(v);
  if ('cells' in memory) perform(SET_IF_GE, memory.cells, base, `${limit} ${i}`);
  else if (v.counter >= limit) v.counter = i;
}
