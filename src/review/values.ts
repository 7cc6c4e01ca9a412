// SPDX-License-Identifier: GPL-2.0-only
// What does a review say? Values only: what a patch touches, what should be answered, which
// invariants are at risk, what people must look at, and what was not looked at.

import type { Hunk, Patch } from '../patch/values.ts';

/**
 * What a row says. `FAIL`: an invariant held on the tree before the patch, and does not with it.
 * `unknown`: a run gave no answer. `weak`: it holds, and so it does with mutants of the very lines
 * that the patch changes. `ask`: something to be answered, which a clean patch does not
 * have. `risk`: an invariant that the changed lines are about; nothing was run. `note`: a matter of
 * form. `human`: an open box, which only people can tick. `ok`: looked at, and as it should be.
 */
export type RowWord = 'FAIL' | 'ask' | 'unknown' | 'weak' | 'risk' | 'note' | 'human' | 'ok';

/** A place that a finding is about, as the patch has it. */
export interface Place {
  readonly path: string;
  readonly function: string | null;
  readonly hunk: Hunk | null;
  /** Line of the file after the patch, or before it for a line that is gone; null for the file. */
  readonly line: number | null;
  /** The text of the line, to be quoted. */
  readonly text: string | null;
}

/** What backs a row: something that a reader can look up or run. */
export type Evidence =
  | { readonly kind: 'regression'; readonly id: string; readonly text: string }
  | { readonly kind: 'mutant'; readonly id: string; readonly text: string }
  | { readonly kind: 'scenario'; readonly id: string; readonly text: string }
  | { readonly kind: 'document'; readonly id: string; readonly text: string };

/** How the bug comes about on a port that has it. */
export interface Story {
  /** The mutant that was explored. */
  readonly mutant: string;
  /** What `kvm-mutants replay` takes. */
  readonly schedule: string;
  /** As it is printed, 72 columns wide. */
  readonly table: readonly string[];
  readonly threads: readonly string[];
  /** Those that matter, in their order. */
  readonly steps: readonly StoryStep[];
}

export interface StoryStep {
  readonly thread: number;
  /** Of the port; null for what hardware and the guest do. */
  readonly function: string | null;
  readonly text: string;
}

export interface Row {
  readonly word: RowWord;
  /** The name of an invariant or of an item of the checklist: stable for ever. */
  readonly name: string;
  /** One sentence. */
  readonly text: string;
  /** What a reviewer would ask the author; only rows that ask have one. */
  readonly question: string | null;
  readonly place: Place | null;
  readonly evidence: readonly Evidence[];
  /** The interleaving that shows it on a port; null if none was asked for, or found. */
  readonly story: Story | null;
}

/** How the lines of a function changed, as far as their text tells. */
export type Nature = 'comments' | 'white space' | 'renames' | 'moves' | 'code';

export interface Touched {
  readonly path: string;
  readonly kind: 'function' | 'macro' | 'struct' | 'file';
  readonly name: string;
  /** Taken from the heading of a hunk. */
  readonly isGuessed: boolean;
  readonly nature: Nature;
  /** The era whose port has it under this path; null where no port has it. */
  readonly era: string | null;
}

/** A known bug whose shape a patch takes back. */
export interface Mended {
  readonly name: string;
  readonly commit: string | null;
  readonly subject: string;
  /** What went wrong for a guest. */
  readonly broke: string;
  readonly breaks: readonly string[];
  readonly shownBy: 'sequence' | 'interleaving';
}

export interface PatchReview {
  readonly patch: Patch;
  /**
   * `cover`: no diff. `out of scope`: nothing there that this tool knows anything about. `unread`:
   * the patch cannot be analysed, and `patch.problems` says why.
   */
  readonly state: 'reviewed' | 'cover' | 'out of scope' | 'unread';
  readonly touched: readonly Touched[];
  readonly mends: readonly Mended[];
  /** The suites ran on a tree before and after the patch. */
  readonly isRun: boolean;
  readonly rows: readonly Row[];
}

export interface Review {
  readonly patches: readonly PatchReview[];
  /** What nobody looked at; never empty. */
  readonly notChecked: readonly string[];
}
