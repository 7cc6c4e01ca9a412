// SPDX-License-Identifier: GPL-2.0-only
// How do moves become turns? Steps of one thread in a row are one turn.

import type { Turn } from './schedule.ts';

/** `step`: a store in it reaches memory at once. `delay`: it goes to the store buffer. */
export type How = 'step' | 'delay' | 'flush';

export interface TurnMove {
  readonly thread: number;
  readonly how: How;
  /** For a flush the place in the store buffer of the store that reaches memory, else -1. */
  readonly store: number;
}

export function turnsOf(moves: readonly TurnMove[]): Turn[] {
  const turns: Turn[] = [];
  for (const { thread, how, store } of moves) {
    const last = turns.at(-1);
    if (how === 'flush') turns.push({ thread, flush: store });
    else if (how === 'delay') turns.push({ thread, isDelayed: true });
    else if (last !== undefined && 'steps' in last && last.thread === thread)
      turns[turns.length - 1] = { thread, steps: last.steps + 1 };
    else turns.push({ thread, steps: 1 });
  }
  return turns;
}
