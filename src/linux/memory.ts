// SPDX-License-Identifier: GPL-2.0-only
// What happens when a scalar is read or written? In memory: one step, which the explorer sees. On
// the stack: nothing that anybody else could notice.

import { loadNow, storeNow } from '#explorer/execute';
import { currentThread, emit, perform, unwatchedWorld } from '#explorer/run';
import type { Step } from '#explorer/step';
import { Marker, OUTSIDE, POISON, UNINITIALISED } from '#explorer/values';
import { type Allocation, Ref, type Value, type World } from '#explorer/world';
import type { ScalarType } from './fields.ts';
import { type Memory, refOf } from './place.ts';
import { noteStackWrite } from './summed.ts';

/** Reads a scalar: one step, unless it lies on the stack. */
export function loadScalar<T>(memory: Memory, offset: number, type: ScalarType<T>): T {
  const value = 'stack' in memory ? memory.stack[offset] : load(memory.cells, offset);
  if (value instanceof Marker) return markedValue(memory, offset, type, value);
  type.guard?.(memory, offset);
  return (value instanceof Ref ? value.view : value) as T;
}

function load(object: Allocation, offset: number): Value {
  const world = unwatchedWorld();
  return world === null ? perform(LOAD, object, offset, null) : loadNow(world, object, offset);
}

const LOAD = (world: World, object: Allocation, offset: number, _: null): Step =>
  world.loadStep(object, offset);

function markedValue<T>(memory: Memory, offset: number, type: ScalarType<T>, value: Marker): T {
  const { label, scalars } = 'cells' in memory ? memory.cells.layout : memory.layout;
  const where = `${label}->${scalars[offset]?.name}${'cells' in memory ? '' : ' on the stack'}`;
  emit(EVENT_OF.get(value) as string, `read of ${where}`);
  return type.zero as T;
}

const EVENT_OF: ReadonlyMap<Marker, string> = new Map([
  [UNINITIALISED, 'uninitialised-read'],
  [POISON, 'use-after-free'],
  [OUTSIDE, 'out-of-bounds'],
]);

/** Puts a scalar of newly allocated memory out of bounds: its allocation ends before it. */
export function storeOutside(memory: Memory, offset: number): void {
  if (!('cells' in memory)) throw new TypeError('what lies on a stack has its full length');
  const world = unwatchedWorld();
  if (world === null) perform(STORE, memory.cells, offset, OUTSIDE as unknown as Value);
  else storeNow(world, currentThread(), memory.cells, offset, world.table.outside);
}

/**
 * Writes a scalar: one step, unless it lies on the stack. `release` orders it after all before it.
 */
export function storeScalar<T>(
  memory: Memory,
  offset: number,
  type: ScalarType<T>,
  value: T,
  release: boolean,
): void {
  const converted = type.convert(value) as unknown;
  const stored =
    converted !== null && typeof converted === 'object' ? refOf(converted) : (converted as Value);
  if ('stack' in memory) {
    memory.stack[offset] = stored;
    noteStackWrite(memory.stack, offset);
    return;
  }
  const world = unwatchedWorld();
  const freed =
    world === null
      ? perform(release ? STORE_RELEASE : STORE, memory.cells, offset, stored)
      : storeNow(world, currentThread(), memory.cells, offset, world.intern(stored));
  if (freed === true) {
    const { layout } = memory.cells;
    emit('use-after-free', `write to ${layout.label}->${layout.scalars[offset]?.name}`);
  }
  type.storeGuard?.(memory, offset);
}

const STORE = (world: World, object: Allocation, offset: number, value: Value): Step =>
  world.storeStep(object, offset, world.intern(value), false);
const STORE_RELEASE = (world: World, object: Allocation, offset: number, value: Value): Step =>
  world.storeStep(object, offset, world.intern(value), true);
