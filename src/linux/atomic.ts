// SPDX-License-Identifier: GPL-2.0-only
// include/linux/atomic.h: an int that any thread may read and write at any time. On x86 both are
// plain accesses that no lock and no barrier orders, so both are steps like those of any field.

import { perform } from '#explorer/run';
import type { Step } from '#explorer/step';
import { type Allocation, PLAIN, type World } from '#explorer/world';
import { apart, int, located, type Of, struct, unseen } from './struct.ts';

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
