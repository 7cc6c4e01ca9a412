// SPDX-License-Identifier: GPL-2.0-only
// include/linux/slab.h. Memory is never reused, so every use after free and every double free is
// seen. Which allocations fail is a parameter of the run.

import { emit, isReplaying, perform } from '#explorer/run';
import { PLAIN, type Step } from '#explorer/step';
import type { Allocation, World } from '#explorer/world';
import { config } from './config.ts';
import { assign } from './string.ts';
import { allocate, type Fields, located, type StructType, type View } from './struct.ts';

function allocateOrFail<F extends Fields>(
  type: StructType<F>,
  fresh: 'zero' | 'uninitialised',
): View<F> | null {
  const view = allocate(type, fresh, true);
  const { memory } = located(view);
  const fails = 'cells' in memory && config().failAllocations.includes(memory.cells.name);
  return fails ? null : view;
}

/** Uninitialised memory, or null where the run says that this allocation fails. */
export function kmalloc<F extends Fields>(type: StructType<F>): View<F> | null {
  return allocateOrFail(type, 'uninitialised');
}

/** Zeroed memory: one write for each field, which tells who was given the memory. */
export function kzalloc<F extends Fields>(type: StructType<F>): View<F> | null {
  const view = kmalloc(type);
  if (view !== null) assign(view, type.local());
  return view;
}

/** Allocates and copies field by field: one read and one write each, as memcpy() may do it. */
export function kmemdup<F extends Fields>(src: View<F>): View<F> | null {
  const { struct } = located(src);
  const copy = kmalloc(struct as unknown as StructType<F>);
  if (copy !== null) assign(copy, src);
  return copy;
}

const FREE = (world: World, object: Allocation): Step =>
  world.step(`kfree:${object.name}`, () => {
    const { poison } = world.table;
    const [yes, no] = [world.intern(true), world.intern(false)];
    return {
      ...PLAIN,
      observe: object.cells[0]!,
      project: (value) => (value === poison ? yes : no),
      effects: object.cells.map((cell) => ({ cell, from: -1, blind: true, apply: () => poison })),
      fence: true,
      describe: () => ({ text: `kfree(${object.name})`, show: null }),
    };
  });

export function kfree(object: object | null): void {
  if (object === null) return;
  const { memory, base } = located(object);
  if (!('cells' in memory) || base !== 0) {
    emit('bad-free', 'kfree() of something that was not allocated');
    return;
  }
  if (perform(FREE, memory.cells, null, null) === true && !isReplaying())
    emit('double-free', memory.cells.layout.label);
}

/** kvfree() and kfree() are the same in this model. */
export const kvfree = kfree;
