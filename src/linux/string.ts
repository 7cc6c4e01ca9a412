// SPDX-License-Identifier: GPL-2.0-only
// include/linux/string.h and C's struct assignment.

import { currentWorld, perform } from '#explorer/run';
import { PLAIN, type Step } from '#explorer/step';
import type { Allocation, World } from '#explorer/world';
import type { Located } from './place.ts';
import { type Lvalue, loadScalar, located, storeScalar } from './struct.ts';

/**
 * Moves a scalar that is `unseen`: a thread that looks at nothing depends on nothing, so an updater
 * that copies what readers write is still one that no reader can lead elsewhere. A read and a write
 * in one step miss no run while nobody else can reach the copy. With store buffers the copy reaches
 * memory at once: runs in which it is late are missed, as far as they differ in this field alone.
 * Whether the memory was freed is asked by the fields around it.
 */
const COPY = (world: World, to: Allocation, offset: number, src: Lvalue<unknown>): Step => {
  const cell = to.cellOf[offset]!;
  const { memory } = src;
  const from = 'cells' in memory ? memory.cells.cellOf[src.offset]! : -1;
  const value = 'cells' in memory ? -1 : world.intern(memory.stack[src.offset]);
  return world.step(`copy ${cell} ${from} ${value}`, () => {
    const { name, show } = to.layout.scalars[offset]!;
    const shown = 'cells' in memory ? `${memory.cells.name}->${name}` : world.show(value, show);
    return {
      ...PLAIN,
      effects: [
        from < 0
          ? { cell, from, blind: true, apply: () => value }
          : { cell, from, blind: false, apply: (_old, copied) => copied },
      ],
      describe: () => ({ text: `${to.name}->${name} := ${shown}`, show: null }),
    };
  });
};

/**
 * `*dst = *src` in C: every scalar, in order, one read and one write each, or both in one step if
 * the field is `unseen`. No field is forgotten.
 */
export function assign<T extends object>(dst: T, src: T): void {
  const to = located(dst);
  const from = located(src);
  if (to.struct !== from.struct)
    throw new TypeError(`a ${from.struct.label} is assigned to a ${to.struct.label}`);
  const { types } = to.struct.shape(currentWorld());
  for (const i of types.keys()) copyScalar(to, from, i);
}

/** Copies one scalar of a struct to the same place in another one. */
export function copyScalar(to: Located, from: Located, i: number): void {
  const type = to.struct.shape(currentWorld()).types[i]!;
  if (type.unseen === true && 'cells' in to.memory) {
    perform(COPY, to.memory.cells, to.base + i, {
      memory: from.memory,
      offset: from.base + i,
      type,
    });
    return;
  }
  const value = loadScalar(from.memory, from.base + i, type);
  storeScalar(to.memory, to.base + i, type, value, false);
}
