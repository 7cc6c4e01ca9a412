// SPDX-License-Identifier: GPL-2.0-only
// Is a fix complete in a tree? Its pieces are known by what the tree does, not by its text, and the
// invariants that the fix is for are held against the tree: neither alone gives the right answer.

import type { Scenario } from '#lab/suites';
import type { Asked } from '#lab/tree/asked';
import type { Vm } from '#vocabulary';

/**
 * A question to a tree. `run`: answered by running its functions. `shape`: by which functions,
 * fields and constants it has, where nothing can be run that would tell.
 */
export interface Question {
  readonly name: string;
  readonly how: 'run' | 'shape';
  /** Null if nobody can tell. Called once, on a VM of the tree that nothing happened to. */
  readonly isThere: (asked: Asked) => boolean | null;
}

/** A part of a fix, known by its behaviour. */
export interface Piece extends Question {
  /** The commit that brought it; null if it is the fix itself. */
  readonly commit: string | null;
  /** What was needed first, and alone mends nothing. */
  readonly isPrerequisite: boolean;
  /** A mutant of a port that lacks this piece alone: what it breaks is what the piece is for. */
  readonly without: string | null;
}

/** What a kernel must have for the bug to be possible. A tree without it is not affected. */
export interface Ground extends Question {
  /** The commit or the release that brought it; null if it is not known. */
  readonly since: string | null;
}

/** A scenario of a fix itself, where no suite has one that drivers of trees can host. */
export interface OwnRun {
  readonly scenario: Scenario;
  /** What is done to the VM before anything else. */
  readonly born?: (vm: Vm) => void;
}

/** One file of fixes/ exports one as `fix`; a regression without one has no pieces. */
export interface Fix {
  /** Of the regression that it mended. */
  readonly name: string;
  /** Null: every kernel that anybody asks about could have the bug. */
  readonly ground: Ground | null;
  readonly pieces: readonly Piece[];
  /** Invariants that must hold then; all that the regression names, and what half a fix breaks. */
  readonly invariants: readonly string[];
  /** Which ways of breaking them count: a kernel may have another hole of the same kind. */
  readonly counts: (detail: string, invariant: string) => boolean;
  /** Ids of scenarios that tell the pieces apart. */
  readonly scenarios: readonly string[];
  /** Further ones, which may depend on what the tree's numbers look like. */
  readonly own: ((asked: Asked) => readonly OwnRun[]) | null;
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
  | 'not affected'
  | 'cannot tell';

export interface AskedPiece {
  readonly name: string;
  readonly commit: string | null;
  readonly isPrerequisite: boolean;
  readonly how: Question['how'];
  readonly without: string | null;
  readonly answer: Answer;
}

export interface AskedGround {
  readonly name: string;
  readonly since: string | null;
  readonly how: Question['how'];
  readonly answer: Answer;
}

/** What was found out about a tree. */
export interface Findings {
  readonly ground: AskedGround | null;
  readonly pieces: readonly AskedPiece[];
  readonly invariants: readonly { readonly name: string; readonly state: Held }[];
  /** Other invariants that fail in the same runs, in ways that these kernels are not known for. */
  readonly others: readonly string[];
}

export interface Judgement {
  readonly word: Completeness;
  /** What is missing, or why nobody can tell; empty for a complete fix. */
  readonly why: string;
}

/** The verdict on a tree. What is unknown never makes a fix complete, or a tree not affected. */
export function judge(findings: Findings): Judgement {
  const { ground, pieces, invariants, others } = findings;
  const failing = invariants.filter(({ state }) => state === 'FAIL').map(({ name }) => name);
  const unknown = invariants.filter(({ state }) => state === 'unknown').map(({ name }) => name);
  if (ground?.answer === 'no') return withoutGround(ground, failing, unknown, invariants.length);
  const missing = pieces.filter(({ answer }) => answer === 'no');
  const own = pieces.filter(({ isPrerequisite }) => !isPrerequisite);
  const isNone = own.every(({ answer }) => answer === 'no');
  const list = missing.map(pieceText);
  if (failing.length > 0) return failed(findings, failing);
  const open = [
    ...pieces.filter(({ answer }) => answer === 'unknown').map(({ name }) => name),
    ...unknown,
    // Without its ground a tree that lacks the fix would be not affected, and with it half mended.
    ...(ground?.answer === 'unknown' && missing.length > 0 ? [ground.name] : []),
  ];
  if (open.length > 0 || invariants.length === 0) return noAnswer(open);
  if (pieces.length === 0 && others.length > 0)
    return {
      word: 'cannot tell',
      why: `other rules fail there, which may hide it: ${others.join(', ')}`,
    };
  if (pieces.length === 0)
    return { word: 'complete', why: 'as far as its rules tell: of its pieces nothing is known' };
  if (missing.length === 0) return { word: 'complete', why: '' };
  // Nothing fails that was looked at, but a piece of this very fix is missing among others.
  if (!isNone) return { word: 'partial', why: `missing ${list.join('; ')}` };
  return { word: 'fixed by other means', why: `${list.join('; ')}: not there, and nothing fails` };
}

const noAnswer = (names: readonly string[]): Judgement => ({
  word: 'cannot tell',
  why: `no answer for ${names.join(', ') || 'any invariant'}`,
});

const pieceText = ({ name, commit }: AskedPiece) => (commit === null ? name : `${commit}: ${name}`);

/** A shape may only have been renamed: it decides if nothing fails. What was run decides alone. */
function withoutGround(
  { name, how }: AskedGround,
  failing: readonly string[],
  unknown: readonly string[],
  count: number,
): Judgement {
  const no = `this tree has no ${name}`;
  const others = failing.join(', ');
  if (how === 'run') {
    const other = failing.length === 0 ? '' : `; ${others} fails there for another reason`;
    return { word: 'not affected', why: `${no}${other}` };
  }
  if (failing.length > 0) return { word: 'cannot tell', why: `${no}, and still ${others} fails` };
  if (unknown.length > 0 || count === 0) return noAnswer(unknown);
  return { word: 'not affected', why: `${no}, and nothing fails` };
}

function failed({ pieces }: Findings, failing: readonly string[]): Judgement {
  const missing = pieces.filter(({ answer }) => answer === 'no');
  const own = pieces.filter(({ isPrerequisite }) => !isPrerequisite);
  if (own.every(({ answer }) => answer === 'no')) {
    const first = missing.filter(({ isPrerequisite }) => isPrerequisite).map(pieceText);
    const needs = first.length === 0 ? '' : `; needed first: ${first.join('; ')}`;
    return { word: 'not fixed', why: `${failing.join(', ')} fails${needs}` };
  }
  if (missing.length > 0)
    return { word: 'partial', why: `missing ${missing.map(pieceText).join('; ')}` };
  return {
    word: 'cannot tell',
    why: `every piece is there, and still ${failing.join(', ')} fails`,
  };
}
