// SPDX-License-Identifier: GPL-2.0-only
// What may a thread observe next? If the line stays where it is and nobody else moves: then one run
// of the thread's code finds a whole path of its automaton. A wrong guess costs nodes that nobody
// reaches.

import type { Line } from './line.ts';
import type { Knowledge } from './lock-rules.ts';
import type { Pools } from './pools.ts';
import type { Guess } from './run.ts';
import type { CellId, Step, ValueId } from './step.ts';
import type { Window } from './windows.ts';
import type { World } from './world.ts';

/** Guesses for thread t from a node on, which it entered in these windows and knowing this. */
export function guesser(
  world: World,
  pools: Pools,
  line: Line | null,
  windows: readonly Window[],
  knows: Knowledge,
  t: number,
): Guess {
  const position = Math.min(...windows.map(({ lo }) => lo));
  const memory = new Map<CellId, ValueId>();
  for (const [cell, { project, value }] of knows.facts) {
    const raw =
      project === null ? value : pools.first(pools.keyOf(cell, t), (v) => project(v) === value);
    if (raw !== null) memory.set(cell, raw);
  }
  const observe = (step: Step): ValueId | null => {
    if (step.observe < 0) return world.table.nothing;
    const cell = world.resolve(step.observe, t);
    const key = pools.keyOf(step.observe, t);
    const found = key >= 0 ? pools.first(key, () => true) : line!.memory[position]![cell];
    const raw = memory.get(cell) ?? found ?? null;
    if (raw === null) return null;
    if (key >= 0) memory.set(cell, raw);
    return step.project === null ? raw : step.project(raw);
  };
  return (step) => {
    const observed = observe(step);
    for (const effect of observed === null ? [] : step.effects) {
      const cell = world.resolve(effect.cell, t);
      if (effect.blind) memory.set(cell, effect.apply(0, 0));
      else memory.delete(cell);
    }
    return observed;
  };
}
