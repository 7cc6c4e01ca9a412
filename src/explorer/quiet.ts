// SPDX-License-Identifier: GPL-2.0-only
// Which steps of the line can nobody notice? A step is quiet if every step of another thread that
// touches the same cells comes, in every execution, surely before it or surely after it. The
// filling of an object that is not published yet is quiet: whoever reads it has seen the pointer,
// so the line was already past the filling. Quiet steps are taken together with the step before
// them.

import type { Closure } from './closure.ts';
import type { Line } from './line.ts';
import type { GroupOf } from './pools.ts';
import type { MemoryModel } from './program.ts';
import type { Reached } from './reached.ts';
import type { SearchFaults } from './search-options.ts';
import type { CellId, Step } from './step.ts';
import type { World } from './world.ts';

/** When other threads may touch a cell: they were never here before `lo` or after `hi`. */
interface Touch {
  readonly lo: number;
  readonly hi: number;
  readonly writes: boolean;
}

/** For each step of the line whether it is quiet. */
export function quietSteps(
  world: World,
  closure: Closure,
  groups: readonly GroupOf[],
  line: Line,
  memoryModel: MemoryModel,
  faults?: SearchFaults,
): boolean[] {
  if (faults?.publishedIsUnpublished === true) return line.steps.map((step) => step.plainStore);
  const touches = touchesOf(world, closure, groups, line);
  const quiet = line.steps.map((step, i) => isQuiet(world, line, step, i, touches));
  return memoryModel === 'sc' ? quiet : keepStoresInOrder(line, quiet);
}

function touchesOf(
  world: World,
  closure: Closure,
  groups: readonly GroupOf[],
  line: Line,
): Map<CellId, Touch[]> {
  const touches = new Map<CellId, Map<number, Touch>>();
  for (const step of line.steps) {
    for (const cell of [...step.reads, ...step.writes]) {
      touches.set(world.resolve(cell, line.thread), new Map());
    }
  }
  const positions = line.steps.length + 1;
  const note = (cell: CellId, reached: Reached, writes: boolean) => {
    const ofCell = touches.get(cell);
    if (ofCell === undefined) return;
    for (const window of reached.windows) {
      const { lo } = window;
      const hi = closure.hi(reached, window);
      const key = (lo * positions + hi) * 2 + (writes ? 1 : 0);
      if (!ofCell.has(key)) ofCell.set(key, { lo, hi, writes });
    }
  };
  for (const of of groups) {
    for (const reached of closure.groups.get(of.group)!.all) {
      const { step } = reached.node;
      if (step === null) continue;
      for (const thread of of.threads) {
        for (const cell of step.reads) note(world.resolve(cell, thread), reached, false);
        for (const cell of step.writes) note(world.resolve(cell, thread), reached, true);
      }
    }
  }
  return new Map([...touches].map(([cell, of]) => [cell, [...of.values()]]));
}

function isQuiet(
  world: World,
  line: Line,
  step: Step,
  i: number,
  touches: ReadonlyMap<CellId, Touch[]>,
): boolean {
  // If no reader ever closes its section, nobody writes what this step waits for; it waits still.
  if (step.grace === 'end') return false;
  const never = line.drained[i]!;
  const races = (cell: CellId, mine: boolean) =>
    (touches.get(world.resolve(cell, line.thread)) ?? []).some(
      (touch) => (mine || touch.writes) && touch.lo <= never && touch.hi > i,
    );
  return (
    !step.reads.some((cell) => races(cell, false)) && !step.writes.some((cell) => races(cell, true))
  );
}

/**
 * With store buffers a quiet store may go to memory at once only if no earlier store to its
 * location can still be in the buffer, and a fence is not quiet while it may have to wait for one.
 */
function keepStoresInOrder(line: Line, quiet: readonly boolean[]): boolean[] {
  const pending = new Set<number>();
  return line.steps.map((step, i) => {
    let isQuiet = quiet[i]!;
    if (step.fence) {
      isQuiet &&= pending.size === 0;
      pending.clear();
    }
    if (step.plainStore) {
      isQuiet &&= !pending.has(step.location);
      if (!isQuiet) pending.add(step.location);
    }
    return isQuiet;
  });
}
