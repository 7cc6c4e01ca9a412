// SPDX-License-Identifier: GPL-2.0-only
// include/linux/container_of.h: which object does a struct lie in that a pointer leads to? Links of
// trees and lists are embedded in what they link.

import { Crash, currentWorld, runDirectly, unreported } from '#explorer/run';
import type { World } from '#explorer/world';
import { type Fields, located, type StructType, type View } from './struct.ts';

/**
 * Tells where a member lies: `(slot, i) => slot.gfn_node[i]`. Must stand at the top of a module.
 */
export type Member<F extends Fields> = (object: View<F>, index: number) => object;

const OFFSETS = new WeakMap<World, Map<unknown, Map<number, number>>>();

/** The distance of the member from the start of the object, in scalars. */
function offsetof<F extends Fields>(type: StructType<F>, member: Member<F>, index: number): number {
  const world = currentWorld();
  let members = OFFSETS.get(world);
  if (members === undefined) {
    members = new Map();
    OFFSETS.set(world, members);
  }
  let offsets = members.get(member);
  if (offsets === undefined) {
    offsets = new Map();
    members.set(member, offsets);
  }
  let offset = offsets.get(index);
  if (offset === undefined) {
    // In C the compiler works it out: nothing is accessed, so nothing can be reported.
    const ask = () => unreported(() => located(member(type.local(), index)).base);
    const first = ask();
    offset = first;
    offsets.set(index, first);
    world.kept.push(() => runDirectly(world, -1, ask).result === first);
  }
  return offset;
}

/**
 * The object whose member `ptr` points to. A pointer to anything else would lead beside the object:
 * the thread crashes, where C would go on with what lies there.
 */
export function container_of<F extends Fields>(
  ptr: object,
  type: StructType<F>,
  member: Member<F>,
  index = 0,
): View<F> {
  const { memory, base } = located(ptr);
  const at = base - offsetof(type, member, index);
  if (!('cells' in memory)) throw new Crash('container_of() of a link on the stack');
  const world = currentWorld();
  const ref = world.refTo(memory.cells, at);
  if (ref.view === null && isStart(memory.cells.layout, type.label, at))
    ref.view = type.shape(world).at(memory, at);
  if (ref.view === null || located(ref.view).struct.label !== type.label)
    throw new Crash(`container_of() of what is no member of a ${type.label}`);
  return ref.view as View<F>;
}

/** An object of its own begins at its first scalar; what is embedded has been reached before. */
function isStart(layout: { readonly label: string }, label: string, at: number): boolean {
  return layout.label !== label || at === 0;
}
