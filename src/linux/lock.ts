// SPDX-License-Identifier: GPL-2.0-only
// What mutexes and spinlocks share: one word that is free or taken, a conditional step to take it,
// and the list of what the thread holds. Fairness is not modelled: any waiter may come first.

import { currentlyHeld, emit, isBooting, isReplaying, perform, site } from '#explorer/run';
import { PLAIN, type Step } from '#explorer/step';
import type { Allocation, World } from '#explorer/world';
import { WARN_ON } from './bug.ts';
import { apart, type ScalarType, u32 } from './fields.ts';
import { located, type Memory, struct } from './struct.ts';

export const lock = (label: string) => struct(label, { locked: apart(u32) });
export type Lock = object;

const TAKE = (world: World, object: Allocation, offset: number, verb: string): Step =>
  world.step(`${verb}:${object.name}+${offset}`, () => {
    const cell = object.cellOf[offset]!;
    const [free, taken] = [world.intern(0), world.intern(1)];
    return {
      ...PLAIN,
      waits: [{ cell, ready: (value) => value === free }],
      effects: [{ cell, from: -1, blind: true, apply: () => taken }],
      fence: true,
      lock: 1,
      describe: () => ({ text: `${verb}(&${nameOf(object, offset)})`, show: null }),
    };
  });

const DROP = (world: World, object: Allocation, offset: number, verb: string): Step =>
  world.step(`${verb}:${object.name}+${offset}`, () => {
    const free = world.intern(0);
    return {
      ...PLAIN,
      effects: [{ cell: object.cellOf[offset]!, from: -1, blind: true, apply: () => free }],
      fence: true,
      lock: -1,
      describe: () => ({ text: `${verb}(&${nameOf(object, offset)})`, show: null }),
    };
  });

/** Readers count by twos: bit 0 says that somebody has the lock for himself. */
const SHARE = (world: World, object: Allocation, offset: number, verb: string): Step =>
  world.step(`${verb}:${object.name}+${offset}`, () => {
    const cell = object.cellOf[offset]!;
    const taken = world.intern(1);
    // More readers than threads cannot be: the explorer must not count for ever.
    const most = 2 * world.options.threads;
    const more = (old: number) => world.intern(Math.min((world.valueOf(old) as number) + 2, most));
    return {
      ...PLAIN,
      waits: [{ cell, ready: (value) => value !== taken }],
      effects: [{ cell, from: -1, blind: false, apply: more }],
      fence: true,
      describe: () => ({ text: `${verb}(&${nameOf(object, offset)})`, show: null }),
    };
  });

const UNSHARE = (world: World, object: Allocation, offset: number, verb: string): Step =>
  world.step(`${verb}:${object.name}+${offset}`, () => {
    const fewer = (old: number) => world.intern(Math.max(0, (world.valueOf(old) as number) - 2));
    return {
      ...PLAIN,
      effects: [{ cell: object.cellOf[offset]!, from: -1, blind: false, apply: fewer }],
      fence: true,
      describe: () => ({ text: `${verb}(&${nameOf(object, offset)})`, show: null }),
    };
  });

function nameOf(object: Allocation, offset: number): string {
  return `${object.name}->${object.layout.scalars[offset]!.name.replace(/\.\w+$/, '')}`;
}

/** The key under which a thread holds a lock or section that lies at this place. */
export function heldKey(view: object): string {
  const { memory, base } = located(view);
  return 'cells' in memory ? `${memory.cells.name}+${base}` : 'stack';
}

export function take(view: Lock, verb: string): void {
  const { memory, base } = located(view);
  if (!('cells' in memory)) throw new TypeError('a lock on the stack');
  perform(TAKE, memory.cells, base, verb);
  const held = currentlyHeld();
  held.set(heldKey(view), (held.get(heldKey(view)) ?? 0) + 1);
}

export function drop(view: Lock, verb: string): void {
  const { memory, base } = located(view);
  if (!('cells' in memory)) throw new TypeError('a lock on the stack');
  const held = currentlyHeld();
  if (!held.delete(heldKey(view)))
    emit('bad-unlock', `${verb}(&${nameOf(memory.cells, base)}) is not held`);
  perform(DROP, memory.cells, base, verb);
}

/**
 * Takes a lock together with others. The explorer is told of no lock, as none keeps other holders
 * from changing what it protects.
 */
export function takeShared(view: Lock, verb: string): void {
  const { memory, base } = located(view);
  if (!('cells' in memory)) throw new TypeError('a lock on the stack');
  perform(SHARE, memory.cells, base, verb);
  const held = currentlyHeld();
  held.set(heldKey(view), (held.get(heldKey(view)) ?? 0) + 1);
}

export function dropShared(view: Lock, verb: string): void {
  const { memory, base } = located(view);
  if (!('cells' in memory)) throw new TypeError('a lock on the stack');
  const held = currentlyHeld();
  if (!held.delete(heldKey(view)))
    emit('bad-unlock', `${verb}(&${nameOf(memory.cells, base)}) is not held`);
  perform(UNSHARE, memory.cells, base, verb);
}

/** True if the thread that runs holds the lock. */
export function lockdep_is_held(view: Lock): boolean {
  return currentlyHeld().has(heldKey(view));
}

/** Warns if the thread that runs does not hold the lock. */
export function lockdep_assert_held(view: Lock): void {
  WARN_ON(!lockdep_is_held(view));
}

/**
 * A field that may be written only with a lock of the object that it lies in, as __guarded_by()
 * says in newer kernels. Who reads it need not hold the lock. Writing it otherwise is an event.
 */
export function guarded_by<T>(type: ScalarType<T>, name: string): ScalarType<T> {
  const storeGuard = (memory: Memory, offset: number): void => {
    if (!('cells' in memory) || isReplaying() || isBooting()) return;
    const { label, scalars } = memory.cells.layout;
    const at = scalars.findIndex((scalar) => scalar.name === `${name}.locked`);
    if (currentlyHeld().has(`${memory.cells.name}+${at}`)) return;
    const field = scalars[offset]!.name.replace(/\[\d+\]/g, '[]');
    emit('unprotected-write', `${label}->${field} in ${site().split(' ')[0]}`);
  };
  return { ...type, storeGuard };
}
