// SPDX-License-Identifier: GPL-2.0-only
// What can be asked of a search: how far, under which memory model, with which reductions.

import type { MemoryModel } from './program.ts';

export interface Reductions {
  /** Merge nodes that behave alike; drop steps that can only observe one value. */
  readonly minimise: boolean;
  /** Take steps that nobody can notice together with the step before them. */
  readonly quiet: boolean;
  /** Take private steps first and store no state before them. */
  readonly fuse: boolean;
  /** States that differ by the order of like threads are one. */
  readonly symmetry: boolean;
}

export const ALL_REDUCTIONS: Reductions = {
  minimise: true,
  quiet: true,
  fuse: true,
  symmetry: true,
};

export interface SearchOptions {
  readonly memoryModel: MemoryModel;
  readonly budgetStates: number;
  readonly wantEnds: boolean;
  readonly reductions?: Reductions;
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
  /** No fault: the beginning of a grace period taken first only makes it wait for fewer readers. */
  readonly graceBeginIsPrivate?: boolean;
  /** No fault: a section that closes first only lets its updater go on earlier. */
  readonly unlockIsPrivate?: boolean;
}
