// SPDX-License-Identifier: GPL-2.0-only
// What does C do with a struct whose last field is an array of no fixed length? It allocates as
// many elements as it needs (include/linux/overflow.h: struct_size()). Here the type has the
// longest array that there can be, and what an allocation leaves out is out of bounds: reading it
// is an event, writing it changes nothing.

import { currentWorld } from '#explorer/run';
import { isArray } from './fields.ts';
import { storeOutside } from './memory.ts';
import { kmalloc } from './slab.ts';
import { copyScalar } from './string.ts';
import { type Fields, located, type StructType, type View } from './struct.ts';

/** How many scalars a struct has in memory if its last field, an array, has so many elements. */
function scalarsWith<F extends Fields>(type: StructType<F>, elements: number): number {
  const world = currentWorld();
  const last = Object.values(type.fields).at(-1);
  if (last === undefined || !isArray(last))
    throw new TypeError(`the last field of ${type.label} is no array`);
  const { element, length } = last;
  const longest = typeof length === 'number' ? length : length(world);
  const size = element.kind === 'struct' ? element.shape(world).types.length : 1;
  return type.shape(world).types.length - (longest - elements) * size;
}

/**
 * kvzalloc(struct_size(...)): zeroed, with so many elements, or null where the run says that this
 * allocation fails. More elements than the type has are never allocated.
 */
export function kvzalloc_flex<F extends Fields>(
  type: StructType<F>,
  elements: number,
): View<F> | null {
  const view = kmalloc(type);
  if (view === null) return null;
  const fresh = located(view);
  const zero = located(type.local());
  const end = scalarsWith(type, elements);
  for (const i of type.shape(currentWorld()).types.keys()) {
    if (i < end) copyScalar(fresh, zero, i);
    else storeOutside(fresh.memory, i);
  }
  return view;
}

/** memcpy() of a struct and so many elements of its last field: one read and one write each. */
export function memcpy_flex<F extends Fields>(dst: View<F>, src: View<F>, elements: number): void {
  const to = located(dst);
  const from = located(src);
  if (to.struct !== from.struct)
    throw new TypeError(`a ${from.struct.label} is copied to a ${to.struct.label}`);
  const end = scalarsWith(to.struct, elements);
  for (let i = 0; i < end; i++) copyScalar(to, from, i);
}
