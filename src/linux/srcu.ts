// SPDX-License-Identifier: GPL-2.0-only
// include/linux/srcu.h, as an abstract grace period: its end waits for exactly those read-side
// sections that were open at its beginning. Sections opened later do not hold it up; a model in
// which they did would lose real races. The two counters of the real SRCU and their flips are not
// modelled.

import {
  currentlyHeld,
  currentThread,
  currentWorld,
  emit,
  isBooting,
  isReplaying,
  perform,
  site,
} from '#explorer/run';
import { type Effect, PLAIN, type Step } from '#explorer/step';
import type { World } from '#explorer/world';
import { int } from './fields.ts';
import { heldKey } from './lock.ts';
import { located, struct } from './struct.ts';

/** The field only gives the struct a place; readers are counted in cells of their own thread. */
export const srcu_struct = struct('srcu_struct', { completed: int });

type Srcu = object;

/** Per thread and domain: how deep its sections nest, and which synchronisers wait for them. */
interface Domain {
  readonly name: string;
  readonly depth: number;
  readonly awaited: number;
}

export function init_srcu_struct(ssp: Srcu): number {
  const world = currentWorld();
  const depth = world.ownCell();
  world.ownCell();
  world.registry.set(heldKey(ssp), depth);
  return 0;
}

function domainOf(world: World, ssp: Srcu): Domain {
  const depth = world.registry.get(heldKey(ssp));
  if (depth === undefined) throw new TypeError('an srcu_struct is used before init_srcu_struct()');
  const { memory } = located(ssp);
  return { name: 'cells' in memory ? `${memory.cells.name}->srcu` : '', depth, awaited: depth + 1 };
}

const number = (world: World, id: number): number => world.valueOf(id) as number;

/** `depth` is how deep the thread's sections nest already: it knows that without looking. */
const READ_LOCK = (world: World, ssp: Srcu, depth: number): Step => {
  const domain = domainOf(world, ssp);
  const deeper = world.intern(depth + 1);
  return world.step(`srcu_read_lock:${domain.depth}:${depth}`, () => ({
    ...PLAIN,
    effects: [{ cell: domain.depth, from: -1, blind: true, apply: () => deeper }],
    fence: true,
    section: 1,
    describe: () => ({ text: `srcu_read_lock(&${domain.name})`, show: null }),
  }));
};

const READ_UNLOCK = (world: World, ssp: Srcu, depth: number): Step => {
  const domain = domainOf(world, ssp);
  const nobody = world.intern(0);
  const outer = world.intern(Math.max(0, depth - 1));
  const release: Effect = { cell: domain.awaited, from: -1, blind: true, apply: () => nobody };
  return world.step(`srcu_read_unlock:${domain.depth}:${depth}`, () => ({
    ...PLAIN,
    effects: [
      ...(depth <= 1 ? [release] : []),
      { cell: domain.depth, from: -1, blind: true, apply: () => outer },
    ],
    fence: true,
    section: -1,
    describe: () => ({ text: `srcu_read_unlock(&${domain.name})`, show: null }),
  }));
};

const BEGIN = (world: World, ssp: Srcu, verb: string): Step => {
  const domain = domainOf(world, ssp);
  const me = 1 << (currentThread() + 1);
  return world.step(`${verb} begins:${domain.depth}:${me}`, () => ({
    ...PLAIN,
    effects: threads(world).map(
      (thread): Effect => ({
        cell: world.resolve(domain.awaited, thread),
        from: world.resolve(domain.depth, thread),
        blind: false,
        apply: (old, depth) =>
          number(world, depth) > 0 ? world.intern(number(world, old) | me) : old,
      }),
    ),
    fence: true,
    grace: 'begin',
    describe: () => ({ text: `${verb}() begins`, show: null }),
  }));
};

const END = (world: World, ssp: Srcu, verb: string): Step => {
  const domain = domainOf(world, ssp);
  const me = 1 << (currentThread() + 1);
  return world.step(`${verb} ends:${domain.depth}:${me}`, () => ({
    ...PLAIN,
    waits: threads(world).map((thread) => ({
      cell: world.resolve(domain.awaited, thread),
      ready: (value: number) => (number(world, value) & me) === 0,
    })),
    fence: true,
    grace: 'end',
    describe: () => ({ text: `${verb}() ends`, show: null }),
  }));
};

function threads(world: World): number[] {
  return Array.from({ length: world.options.threads }, (_, i) => i);
}

export function srcu_read_lock(ssp: Srcu): number {
  const held = currentlyHeld();
  const depth = held.get(heldKey(ssp)) ?? 0;
  perform(READ_LOCK, ssp, depth, null);
  held.set(heldKey(ssp), depth + 1);
  return 0;
}

export function srcu_read_unlock(ssp: Srcu, _idx: number): void {
  const held = currentlyHeld();
  const depth = held.get(heldKey(ssp)) ?? 0;
  if (depth <= 0) emit('bad-unlock', 'srcu_read_unlock() outside a section');
  if (depth > 1) held.set(heldKey(ssp), depth - 1);
  else held.delete(heldKey(ssp));
  perform(READ_UNLOCK, ssp, depth, null);
}

/** True if the thread that runs is inside a read-side section of this domain. */
export function srcu_read_lock_held(ssp: Srcu): boolean {
  return currentlyHeld().has(heldKey(ssp));
}

export function synchronize_srcu(ssp: Srcu): void {
  wait(ssp, 'synchronize_srcu');
}

/** Faster in a kernel; the same guarantee. */
export function synchronize_srcu_expedited(ssp: Srcu): void {
  wait(ssp, 'synchronize_srcu_expedited');
}

function wait(ssp: Srcu, verb: string): void {
  perform(BEGIN, ssp, verb, null);
  perform(END, ssp, verb, null);
}

/** Checks that a protected pointer that was just read may be used: in a section, or with `c`. */
export function srcu_dereference_check<T>(p: T, ssp: Srcu, c: boolean): T {
  if (!c && !srcu_read_lock_held(ssp) && !isReplaying() && !isBooting()) {
    emit('suspicious-dereference', site().split(' ')[0] ?? '');
  }
  return p;
}

export function srcu_dereference<T>(p: T, ssp: Srcu): T {
  return srcu_dereference_check(p, ssp, false);
}
