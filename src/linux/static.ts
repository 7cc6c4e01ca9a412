// SPDX-License-Identifier: GPL-2.0-only
// Objects that exist before any thread runs and outlive all of them, and objects on a stack that
// nobody has given a value.

import { currentWorld } from '#explorer/run';
import { UNINITIALISED } from '#explorer/values';
import type { Fields, StructType, View } from './struct.ts';

/**
 * The one zeroed object of this type in a world, named by its type alone. It cannot be freed, so
 * accesses need no check for use after free.
 */
export function static_object<F extends Fields>(type: StructType<F>): View<F> {
  const world = currentWorld();
  const shape = type.shape(world);
  const ref = world.refTo(world.allocate(type.label, shape.layout, false, 'zero'), 0);
  ref.view ??= shape.at({ cells: ref.object }, 0);
  return ref.view as View<F>;
}

/** A local variable without an initialiser: reading what was not written is an event. */
export function undefined_on_stack<F extends Fields>(type: StructType<F>): View<F> {
  return type.local(type.shape(currentWorld()).types.map(() => UNINITIALISED));
}
