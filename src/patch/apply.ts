// SPDX-License-Identifier: GPL-2.0-only
// What do files look like after a patch? Texts in, texts out: no file is opened or written here.
// Context must match to the letter; a hunk may have moved, as git apply allows, and that is told.

import { LIMITS } from './limits.ts';
import { ownerOfHeading } from './owners.ts';
import { pathProblem } from './paths.ts';
import type { FileChange, Hunk, HunkLine, Patch } from './values.ts';

/** The text of a file of the tree, null if there is none. Never asked for a hostile path. */
export type ReadText = (path: string) => string | null;

/** What is known of the files that a patch was made for, where the tree has others. */
export interface ThreeWay {
  /** The text of a blob by its id, which may be cut short; null if it is not there. */
  readonly blob: (id: string) => string | null;
  /** What `theirs` makes of `base`, made of `ours`; null where both change the same lines. */
  readonly merge: (base: string, ours: string, theirs: string) => string | null;
}

export interface Applied {
  /** New texts of files that differ, null where one is gone. Empty if anything failed. */
  readonly files: ReadonlyMap<string, string | null>;
  /** One sentence for each hunk or file that could not be applied. */
  readonly errors: readonly string[];
  /** Hunks that were found elsewhere than their headers say. */
  readonly moved: readonly MovedHunk[];
  /** Files that were merged, since the tree has moved on. */
  readonly merged: readonly MergedFile[];
}

export interface MergedFile {
  readonly path: string;
  /** The id of what the patch was made for, as the patch has it. */
  readonly blob: string;
}

/** What is said of a file that was merged. */
export function mergedText({ path, blob }: MergedFile): string {
  return `${path} has moved on since blob ${blob}: merged as git am -3 does`;
}

export interface MovedHunk {
  readonly path: string;
  /** From 1, as they stand in the patch. */
  readonly hunk: number;
  /** Lines further down; negative for further up. */
  readonly by: number;
}

/**
 * Applies a patch to the files that `read` gives, or where it does not apply, with `threeWay` to
 * those that it was made for. All or nothing.
 */
export function applyPatch(
  patch: Pick<Patch, 'files'>,
  read: ReadText,
  threeWay: ThreeWay | null = null,
): Applied {
  return applyPatches([patch], read, threeWay);
}

/** Applies patches one after the other, each to what the ones before it made. All or nothing. */
export function applyPatches(
  patches: readonly Pick<Patch, 'files'>[],
  read: ReadText,
  threeWay: ThreeWay | null = null,
): Applied {
  const made: Made = { files: new Map(), errors: [], moved: [], merged: [] };
  const { files, errors } = made;
  const readNow = (path: string) => (files.has(path) ? files.get(path)! : read(path));
  for (const change of patches.flatMap((patch) => patch.files)) {
    const problem = refusal(change);
    if (problem !== null) errors.push(problem);
    else applyChange(change, readNow, made, threeWay);
  }
  return { ...made, files: errors.length === 0 ? files : new Map() };
}

/** Why a change cannot be applied whatever the files are; null if it may be tried. */
export function refusal({ oldPath, newPath, oldMode, newMode, isBinary }: FileChange) {
  const path = newPath ?? oldPath;
  if (path === null) return 'a file of the patch has no name';
  for (const name of [oldPath, newPath]) {
    const problem = name === null ? null : pathProblem(name);
    if (problem !== null) return `${name}: the path ${problem}`;
  }
  if (isBinary) return `${path}: a binary file is not applied`;
  for (const mode of [oldMode, newMode]) {
    if (mode === '120000') return `${path}: symbolic links are not followed, made or changed`;
    if (mode === '160000') return `${path}: submodules are not changed`;
  }
  return null;
}

interface Made extends Applied {
  readonly files: Map<string, string | null>;
  readonly errors: string[];
  readonly moved: MovedHunk[];
  readonly merged: MergedFile[];
}

function applyChange(
  change: FileChange,
  read: ReadText,
  made: Made,
  threeWay: ThreeWay | null,
): void {
  const { files, errors } = made;
  const { kind, oldPath, newPath, hunks } = change;
  const path = (newPath ?? oldPath)!;
  const before = oldPath === null ? '' : read(oldPath);
  if (before === null) {
    errors.push(`${oldPath}: there is no such file`);
    return;
  }
  if (newPath !== null && newPath !== oldPath && (read(newPath) ?? '') !== '') {
    errors.push(`${newPath}: the file is there already`);
    return;
  }
  const after = textAfter(path, before, hunks, change.oldBlob, made, threeWay);
  if (after === null) return;
  if (kind === 'deleted' && after !== '') {
    errors.push(`${path}: the patch deletes the file, but not all of its lines`);
    return;
  }
  if (kind === 'renamed' || kind === 'deleted') files.set(oldPath!, null);
  if (newPath !== null) files.set(newPath, after);
}

/** The text after all hunks, merged where the tree has moved on; null if that fails. */
function textAfter(
  path: string,
  before: string,
  hunks: readonly Hunk[],
  blob: string | null,
  made: Made,
  threeWay: ThreeWay | null,
): string | null {
  const own: Made = { ...made, errors: [], moved: [] };
  const after = applyHunks(path, before, hunks, own.errors, own.moved);
  if (after !== null || threeWay === null || blob === null) {
    made.errors.push(...own.errors);
    made.moved.push(...own.moved);
    return after;
  }
  const base = threeWay.blob(blob);
  if (base === null) {
    made.errors.push(...own.errors, `${path}: it was made for blob ${blob}, which git has not got`);
    return null;
  }
  const theirs = applyHunks(path, base, hunks, made.errors, made.moved);
  const merged = theirs === null ? null : threeWay.merge(base, before, theirs);
  if (merged !== null) made.merged.push({ path, blob });
  else if (theirs !== null)
    made.errors.push(`${path}: since blob ${blob} the tree has changed the same lines`);
  return merged;
}

/** The text after all hunks; null if one of them fails, which `errors` tells. */
function applyHunks(
  path: string,
  before: string,
  hunks: readonly Hunk[],
  errors: string[],
  moved: MovedHunk[],
): string | null {
  const lines = linesOf(before);
  const after: string[] = [];
  let at = 0;
  let drift = 0;
  let isWhole = true;
  hunks.forEach((hunk, i) => {
    const old = hunk.lines.filter(({ kind }) => kind !== 'added').map(ended);
    // A hunk without old lines stands behind the line of its number, others at it.
    const stated = old.length === 0 ? hunk.oldStart : hunk.oldStart - 1;
    const found = placeOf(lines, old, stated + drift, at);
    if (found === null) {
      errors.push(
        `${path}: hunk ${i + 1} (${near(hunk)}) does not apply: ${why(lines, hunk, old)}`,
      );
      isWhole = false;
      return;
    }
    drift = found - stated;
    if (drift !== 0) moved.push({ path, hunk: i + 1, by: drift });
    for (; at < found; at++) after.push(lines[at]!);
    const next = hunk.lines.filter(({ kind }) => kind !== 'removed').map(ended);
    for (const line of next) after.push(line);
    at = found + old.length;
  });
  if (!isWhole) return null;
  for (; at < lines.length; at++) after.push(lines[at]!);
  return after.join('');
}

/** Lines with their ends; the last has none if the file does not end with one. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function ended({ text, isUnended }: HunkLine): string {
  return isUnended ? text : `${text}\n`;
}

/** Where the old lines stand: as near as possible to where they should, and not before `least`. */
function placeOf(
  lines: readonly string[],
  old: readonly string[],
  wanted: number,
  least: number,
): number | null {
  const most = lines.length - old.length;
  let left: number = LIMITS.comparisons;
  const matches = (at: number) => {
    if (at < least || at > most) return false;
    for (let i = 0; i < old.length; i++) {
      left--;
      if (lines[at + i] !== old[i]) return false;
    }
    return true;
  };
  // With nothing to compare, a hunk is where it says or nowhere.
  if (old.length === 0) return wanted >= least && wanted <= most ? wanted : null;
  const far = Math.max(Math.abs(wanted - least), Math.abs(most - wanted));
  for (let by = 0; by <= far && left > 0; by++) {
    if (matches(wanted + by)) return wanted + by;
    if (by > 0 && matches(wanted - by)) return wanted - by;
  }
  return null;
}

function near({ oldStart, heading }: Hunk): string {
  const owner = ownerOfHeading(heading);
  return owner === null ? `line ${oldStart}` : `line ${oldStart}, ${owner.name}`;
}

/** The first line that is not there, if the rest of the hunk has a place; else that it has none. */
function why(lines: readonly string[], hunk: Hunk, old: readonly string[]): string {
  if (lines.length === 0) return 'the file is empty';
  const there = new Set(lines);
  const missing = old.find((line) => !there.has(line));
  if (missing !== undefined) return `the file has no line '${missing.trim().slice(0, 80)}'`;
  return old.length === 0
    ? `the file has no line ${hunk.oldStart}`
    : 'its lines are in the file, but not together, or they were changed by a hunk before';
}
