// SPDX-License-Identifier: GPL-2.0-only
// What does one unfolding of a thread's code find?

import type { RunEvent } from './run.ts';
import type { Step, ValueId } from './step.ts';
import type { Past } from './summaries.ts';
import type { Value } from './world.ts';

/**
 * What a step may well return, or null. A guess only decides how far one unfolding looks ahead: a
 * wrong one makes nodes that nobody reaches.
 */
export type Guess = (step: Step) => ValueId | null;

/** A step taken on a guess, with the events before it. */
export interface ChainStep {
  readonly step: Step;
  readonly events: readonly RunEvent[];
  readonly observed: ValueId;
  /** What the thread had done before the step; null if nobody wanted to know. */
  readonly past: Past | null;
}

/** What one unfolding found: the next step, or the end of the code, or its crash. */
export interface Unfolded {
  readonly next: Step | null;
  /** Steps before `next` that were taken on guesses. */
  readonly chain: readonly ChainStep[];
  /** The value of the code when it came to its end. */
  readonly result: readonly Value[] | null;
  readonly crash: string | null;
  readonly events: readonly RunEvent[];
  readonly sites: readonly string[];
  /** How many objects the code allocated. */
  readonly allocations: number;
  /** What the thread has done before `next`; null if nobody wanted to know. */
  readonly past: Past | null;
}
