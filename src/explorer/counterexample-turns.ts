// SPDX-License-Identifier: GPL-2.0-only
// How do moves become turns? Steps of one thread in a row are one turn.

import type { Turn } from './schedule.ts';

export interface TurnMove {
  readonly thread: number;
  /** The place in the store buffer of the store that reaches memory; -1 for a step. */
  readonly flush: number | 'all';
}

export function turnsOf(moves: readonly TurnMove[]): Turn[] {
  const turns: Turn[] = [];
  for (const { thread, flush } of moves) {
    const last = turns.at(-1);
    if (flush !== -1) turns.push({ thread, flush });
    else if (last !== undefined && 'steps' in last && last.thread === thread)
      turns[turns.length - 1] = { thread, steps: last.steps + 1 };
    else turns.push({ thread, steps: 1 });
  }
  return turns;
}
