// SPDX-License-Identifier: GPL-2.0-only
// What does an engine explore? A program: a booted world, threads that run until they end, and a
// sequential finale that judges the memory they leave behind.

import type { ValueId } from './step.ts';
import type { Value, World } from './world.ts';

/**
 * One thread: rounds that run one after the other. A round is code whose next step depends only on
 * what it was handed and on what it has observed since it began, so a round boundary is a
 * checkpoint: what is not in the carried values is forgotten.
 */
export interface Thread {
  /** Heads the column of the thread in tables, such as `vCPU 0`. */
  readonly name: string;
  /** Threads of one group have the same code and the same start, and may change places. */
  readonly group: number;
  readonly rounds: number;
  readonly start: readonly Value[];
  readonly round: (round: number, carried: readonly Value[]) => readonly Value[];
}

export interface Program {
  readonly world: World;
  readonly threads: readonly Thread[];
  /**
   * Judges the memory at rest after all threads ended: called once per thread with what that thread
   * carried at its end, each time on the same memory. Emits events; what it returns is part of the
   * observable outcome. Threads of one group must be judged alike.
   */
  readonly finale: (thread: number, result: readonly Value[]) => readonly Value[];
}

/** The memory model of a search. `pso-release`: store buffers, and publication is a release. */
export type MemoryModel = 'sc' | 'pso-release';

/** A state at rest or stuck, in a form that does not depend on the engine. */
export interface End {
  readonly kind: 'done' | 'deadlock';
  /** Values of the cells that exist, by the world's numbers. */
  readonly cells: readonly ValueId[];
  readonly results: readonly (readonly Value[])[];
}
