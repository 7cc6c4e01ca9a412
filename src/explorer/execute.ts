// SPDX-License-Identifier: GPL-2.0-only
// What does a step do to memory, and what does its thread learn from it?

import type { Step, ValueId } from './step.ts';
import type { World } from './world.ts';

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
  for (const effect of step.effects) {
    const cell = world.resolve(effect.cell, thread);
    const from = effect.from < 0 ? 0 : cells[world.resolve(effect.from, thread)]!;
    cells[cell] = effect.apply(cells[cell]!, from);
  }
  return observed;
}
