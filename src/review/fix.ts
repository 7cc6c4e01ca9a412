// SPDX-License-Identifier: GPL-2.0-only
// Is a fix complete in a tree? Its pieces are known by what the tree does, not by its text, and the
// invariants that the fix is for are held against the tree: neither alone gives the right answer.

import type { Vm } from '#vocabulary';

/** A part of a fix, known by its behaviour. */
export interface Piece {
  readonly name: string;
  /** The commit that brought it; null if it is the fix itself. */
  readonly commit: string | null;
  /** What was needed first, and alone mends nothing. */
  readonly isPrerequisite: boolean;
  /** Is it there? Called once, on a VM of the tree that nothing happened to. */
  readonly isThere: (vm: Vm) => boolean;
}

/** One file of fixes/ exports one as `fix`; a regression without one has no pieces. */
export interface Fix {
  /** Of the regression that it mended. */
  readonly name: string;
  readonly pieces: readonly Piece[];
  /** Invariants that must hold then; all that the regression names, and what half a fix breaks. */
  readonly invariants: readonly string[];
  /** Which ways of breaking them count: a kernel may have another hole of the same kind. */
  readonly counts: (detail: string) => boolean;
  /** Ids of scenarios that tell the pieces apart. */
  readonly scenarios: readonly string[];
  /** Another fix that a tree may lack, when an invariant breaks in a way that does not count. */
  readonly related: string | null;
}

export type Answer = 'yes' | 'no' | 'unknown';
export type Held = 'holds' | 'FAIL' | 'unknown';

export type Completeness =
  | 'complete'
  | 'partial'
  | 'not fixed'
  | 'fixed by other means'
  | 'cannot tell';

/** What was found out about a tree. */
export interface Findings {
  readonly pieces: readonly {
    readonly name: string;
    readonly commit: string | null;
    readonly isPrerequisite: boolean;
    readonly answer: Answer;
  }[];
  readonly invariants: readonly { readonly name: string; readonly state: Held }[];
}

export interface Judgement {
  readonly word: Completeness;
  /** What is missing, or why nobody can tell; empty for a complete fix. */
  readonly why: string;
}

/** The verdict on a tree. What is unknown never makes a fix complete. */
export function judge({ pieces, invariants }: Findings): Judgement {
  const failing = invariants.filter(({ state }) => state === 'FAIL').map(({ name }) => name);
  const unknown = [
    ...pieces.filter(({ answer }) => answer === 'unknown').map(({ name }) => name),
    ...invariants.filter(({ state }) => state === 'unknown').map(({ name }) => name),
  ];
  const missing = pieces.filter(({ answer }) => answer === 'no');
  const own = pieces.filter(({ isPrerequisite }) => !isPrerequisite);
  const isNone = own.every(({ answer }) => answer === 'no');
  const list = missing.map(({ name, commit }) => (commit === null ? name : `${commit}: ${name}`));
  if (failing.length > 0) {
    if (isNone) return { word: 'not fixed', why: `${failing.join(', ')} fails` };
    if (missing.length > 0) return { word: 'partial', why: `missing ${list.join('; ')}` };
    return {
      word: 'cannot tell',
      why: `every piece is there, and still ${failing.join(', ')} fails`,
    };
  }
  if (unknown.length > 0 || invariants.length === 0) {
    return { word: 'cannot tell', why: `no answer for ${unknown.join(', ') || 'any invariant'}` };
  }
  if (missing.length === 0) return { word: 'complete', why: '' };
  // Nothing fails that was looked at, but a piece of this very fix is missing among others.
  if (!isNone) return { word: 'partial', why: `missing ${list.join('; ')}` };
  return { word: 'fixed by other means', why: `${list.join('; ')}: not there, and nothing fails` };
}
