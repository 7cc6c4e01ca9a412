// SPDX-License-Identifier: GPL-2.0-only
// How is a known bug recognised in a hunk? By what disappears from a function, what appears there,
// or what comes to stand before what. Texts of code have one spelling (code.ts), so patterns need
// no care for white space or comments.

import { countOf } from './code.ts';
import { namesOf } from './moved-names.ts';
import type { Side } from './sides.ts';

/** One edit of a shape: everything that it names must hold in one of the functions. */
export interface Piece {
  /** Functions or macros, under any name that they have had; empty for any function of KVM. */
  readonly functions: readonly string[];
  /** Stands in fewer places than before. */
  readonly lost?: RegExp;
  /** Stands in more places than before. */
  readonly gained?: RegExp;
  /** The first stands before the second now, and behind it before the patch. */
  readonly nowBefore?: readonly [first: RegExp, second: RegExp];
}

/** One file of shapes/ exports one as `shape`. */
export interface Shape {
  /** Of a regression or of an operator: what a hunk of this shape re-creates. */
  readonly name: string;
  readonly kind: 'regression' | 'operator';
  /** What the hunk does, such as `drops the second increment`. */
  readonly does: string;
  /** Invariants that break then; for a regression its own file says them. */
  readonly breaks: readonly string[];
  /** What a reviewer would ask. */
  readonly question: string;
  /** Any of these re-creates it. */
  readonly pieces: readonly Piece[];
  /** True if a fix needs all pieces: one of them alone is half a fix. */
  readonly isWholeOnly?: boolean;
  /** Hunks of our own that are of the shape, and that are not though they touch the same lines. */
  readonly examples: readonly Example[];
  readonly counterexamples: readonly Example[];
}

/** A function, and lines of a hunk in it with their marks. */
export type Example = readonly [owner: string, ...lines: string[]];

/** A piece that a side re-creates, or takes back. */
export interface Match {
  readonly side: Side;
  readonly piece: Piece;
  /** What to look for to find the line. */
  readonly pattern: RegExp;
  readonly kind: 'added' | 'removed';
}

/** Sides of a patch that re-create a piece of the shape. */
export function recreated(shape: Shape, sides: readonly Side[]): Match[] {
  return shape.pieces.flatMap((piece) =>
    sides
      .filter((side) => concerns(piece, side))
      .flatMap((side) => match(piece, side, sides) ?? []),
  );
}

/** Pieces that a patch takes back: what the bug's shape loses comes in. */
export function mended(shape: Shape, sides: readonly Side[]): Match[] {
  return shape.pieces.flatMap((piece) =>
    sides
      .filter((side) => concerns(piece, side))
      .flatMap((side) => match(reverse(piece), side, sides) ?? []),
  );
}

/** Is the bug of the shape taken back, with all of its pieces where it needs them all? */
export function isMended(shape: Shape, sides: readonly Side[]): boolean {
  const pieces = new Set(mended(shape, sides).map(({ piece }) => piece));
  return pieces.size >= (shape.isWholeOnly === true ? shape.pieces.length : 1);
}

function reverse({ functions, lost, gained, nowBefore }: Piece): Piece {
  return {
    functions,
    ...(gained === undefined ? {} : { lost: gained }),
    ...(lost === undefined ? {} : { gained: lost }),
    ...(nowBefore === undefined ? {} : { nowBefore: [nowBefore[1], nowBefore[0]] }),
  };
}

function concerns({ functions }: Piece, { owner }: Side): boolean {
  if (owner === null) return false;
  if (functions.length === 0) return owner.kind === 'function';
  return functions.some((name) => namesOf(name).includes(owner.name));
}

function match(piece: Piece, side: Side, all: readonly Side[]): Match | null {
  const { lost, gained, nowBefore } = piece;
  const change = (pattern: RegExp, { added, removed }: Side) =>
    countOf(added, pattern) - countOf(removed, pattern);
  if (lost !== undefined) {
    // What another function of the patch gets is moved, not lost.
    const sum = all.reduce((total, one) => total + change(lost, one), 0);
    if (change(lost, side) >= 0 || sum >= 0) return null;
  }
  if (gained !== undefined && change(gained, side) <= 0) return null;
  if (nowBefore !== undefined) {
    const [first, second] = nowBefore;
    if (!isBefore(side.after, first, second) || !isBefore(side.before, second, first)) return null;
  }
  if (lost !== undefined) return { side, piece, pattern: lost, kind: 'removed' };
  return { side, piece, pattern: (gained ?? nowBefore?.[0])!, kind: 'added' };
}

function isBefore(code: string, first: RegExp, second: RegExp): boolean {
  const [one, other] = [code.search(first), code.search(second)];
  return one >= 0 && other >= 0 && one < other;
}
