// SPDX-License-Identifier: GPL-2.0-only
// What is a litmus case? A few threads of a few steps, and everything they may observe under each
// memory model. `correct/` holds programs that are right, `wrong/` holds programs with a bug.

import { init_srcu_struct } from '#linux/srcu';
import { allocate } from '#linux/struct';
import type { Outcome } from '../outcome.ts';
import type { MemoryModel, Program } from '../program.ts';
import { arena } from '../random-statements.ts';
import { runDirectly } from '../run.ts';
import { type Value, World } from '../world.ts';

export interface Litmus {
  /** Each thread returns what it observed; all words of the arena are 0 at first, p is NULL. */
  readonly threads: readonly ((s: arena) => readonly Value[])[];
  /** What memory holds at rest, if that matters. */
  readonly finale?: (s: arena) => readonly Value[];
  /**
   * All outcomes, sorted: what each thread returned, as in `0,1 / 1`, then what the finale
   * returned, as in `0 / 1 => 2`; `deadlock` if threads wait for ever; and all kinds of events.
   */
  readonly outcomes: Readonly<Record<MemoryModel, readonly string[]>>;
  /** The outcome that would be a bug. */
  readonly bad: string;
  /** Why a bug of the program cannot be found here, though real machines show it. */
  readonly outOfReach?: string;
}

/** The case as a program, in a new world. */
export function programOf(litmus: Litmus): Program {
  const world = new World({
    threads: litmus.threads.length,
    allocator: 0,
    granularity: 'field',
    config: { failAllocations: [] },
  });
  const s = runDirectly(world, -1, () => {
    const made = allocate(arena, 'zero', false);
    init_srcu_struct(made.srcu);
    return made;
  }).result;
  return {
    world,
    threads: litmus.threads.map((body, t) => ({
      name: `thread ${t}`,
      group: t,
      rounds: 1,
      start: [],
      round: () => body(s),
    })),
    finale: (thread) => (thread === 0 && litmus.finale !== undefined ? litmus.finale(s) : []),
  };
}

/** What an engine found, in the words of `Litmus.outcomes`. */
export function outcomesOf(outcome: Outcome): string[] {
  const ends = outcome.ends.map((end) => {
    const [kind, , columns = ''] = end.split(' | ');
    if (kind === 'deadlock') return kind;
    const parts = columns.split(' ').map((column) => /:(.*)>(.*)/.exec(column)!);
    const atRest = parts[0]![2] === '' ? '' : ` => ${parts[0]![2]}`;
    return parts.map((part) => part[1]).join(' / ') + atRest;
  });
  const found = new Set([...ends, ...outcome.events.map((event) => event.kind)]);
  return [...found].sort();
}
