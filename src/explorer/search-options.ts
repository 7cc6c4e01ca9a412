// SPDX-License-Identifier: GPL-2.0-only
// What can be asked of a search: how far, under which memory model, with which reductions.

import type { MemoryModel } from './program.ts';

export interface Reductions {
  /** Histories that differ only inside of ended calls are one; see `summaries.ts`. */
  readonly summarise: boolean;
  /** Merge nodes that behave alike; drop steps that can only observe one value. */
  readonly minimise: boolean;
  /** Merge nodes also if each can observe values that the other cannot. Needs `minimise`. */
  readonly merge: boolean;
  /** Take steps that nobody can notice together with the step before them. */
  readonly quiet: boolean;
  /** Take private steps first and store no state before them. */
  readonly fuse: boolean;
  /** States that differ by the order of like threads are one. */
  readonly symmetry: boolean;
}

export const ALL_REDUCTIONS: Reductions = {
  summarise: true,
  minimise: true,
  merge: true,
  quiet: true,
  fuse: true,
  symmetry: true,
};

export interface SearchOptions {
  readonly memoryModel: MemoryModel;
  readonly budgetStates: number;
  readonly wantEnds: boolean;
  /** Collects what can be told of the ends from outside; see `Outcome.observables`. */
  readonly wantObservables?: boolean;
  readonly reductions?: Reductions;
  /**
   * Above so many nodes of all threads together the program is explored without knowing what each
   * may observe. By default 350,000.
   */
  readonly closureNodes?: number | undefined;
  /**
   * Faults put in on purpose, to show that the tests of the explorer see them. Only tests set it.
   */
  readonly faults?: SearchFaults;
}

/** Each field, if set, changes the search in one way that tests must notice, or argue about. */
export interface SearchFaults {
  readonly conflictIgnoresReads?: boolean;
  /** Conflicts over one cell that threads share are not seen. */
  readonly cellIsPrivate?: boolean;
  readonly publishedIsUnpublished?: boolean;
  readonly symmetryWithoutOwnCells?: boolean;
  readonly mergeByStepAlone?: boolean;
  readonly rowWithoutSlot?: number;
  /** A grace period that begins too early waits for too few readers: a deadlock may be lost. */
  readonly graceBeginIsPrivate?: boolean;
  /** An unlock is taken first even if another thread looks at the lock without taking it. */
  readonly unlockIsAlwaysPrivate?: boolean;
  /** A load under any lock is taken first. */
  readonly anyLockGuards?: boolean;
}
