// SPDX-License-Identifier: GPL-2.0-only
// What does a step do to memory, and what does its thread learn from it?

import type { Effect, Step, ValueId } from './step.ts';
import type { Allocation, Value, World } from './world.ts';

/** What a step returns on these cells. */
export function observe(
  world: World,
  step: Step,
  thread: number,
  cells: number[] | Int32Array,
): ValueId {
  if (step.observe < 0) return world.table.nothing;
  const value = cells[world.resolve(step.observe, thread)]!;
  return step.project === null ? value : step.project(value);
}

/** Executes a step on cells and returns the observed value. The caller has checked the waits. */
export function execute(
  world: World,
  step: Step,
  thread: number,
  cells: number[] | Int32Array,
): ValueId {
  const observed = observe(world, step, thread, cells);
  for (const effect of step.effects) applyEffect(world, effect, thread, cells);
  return observed;
}

function applyEffect(
  world: World,
  effect: Effect,
  thread: number,
  cells: number[] | Int32Array,
): void {
  const cell = world.resolve(effect.cell, thread);
  const from = effect.from < 0 ? 0 : cells[world.resolve(effect.from, thread)]!;
  cells[cell] = effect.apply(cells[cell]!, from);
}

/** What a load step observes, without making the step. */
export function loadNow(world: World, object: Allocation, offset: number): Value {
  world.accesses++;
  const value = world.memory[object.cellOf[offset]!]!;
  const path = object.pathOf[offset]!;
  return world.valueOf(path < 0 ? value : world.table.item(value, path));
}

/** Does what a store step does, without making the step. Returns what that observes. */
export function storeNow(
  world: World,
  thread: number,
  object: Allocation,
  offset: number,
  value: ValueId,
): boolean | undefined {
  const cell = object.cellOf[offset]!;
  const path = object.pathOf[offset]!;
  const old = world.memory[cell]!;
  world.accesses++;
  world.memory[cell] = path < 0 ? value : world.table.withItem(old, path, value);
  const attached = world.attachedTo(cell);
  if (attached !== undefined) applyEffect(world, attached, thread, world.memory);
  return object.heap ? old === world.table.poison : undefined;
}
