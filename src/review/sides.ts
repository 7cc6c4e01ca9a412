// SPDX-License-Identifier: GPL-2.0-only
// What changed in each function? The lines of all hunks are put together by their owner: what is
// gone, what is new, and how the function reads before and after as far as the hunks show it.

import { type Owner, ownedLines } from '../patch/owners.ts';
import type { FileChange, Hunk, HunkLine, Patch } from '../patch/values.ts';
import { codeOf, tokensOf } from './code.ts';
import type { Nature, Place } from './values.ts';

/** A changed line and where it stands. */
export interface ChangedLine {
  readonly hunk: Hunk;
  readonly kind: 'added' | 'removed';
  readonly text: string;
  /** Of the file after the patch, or before it if it is gone. */
  readonly number: number;
}

/** One function, macro or struct of one file; `owner` is null for what stands between them. */
export interface Side {
  readonly path: string;
  readonly owner: Owner | null;
  readonly lines: readonly ChangedLine[];
  /** Code that is gone and code that is new, each as one text. */
  readonly removed: string;
  readonly added: string;
  /** The hunks of the function before and after the patch, context included. */
  readonly before: string;
  readonly after: string;
  readonly nature: Nature;
}

/** All functions that a patch changes, in its order. */
export function sidesOf(patch: Patch): readonly Side[] {
  const known = sidesOfPatches.get(patch) ?? patch.files.flatMap(sidesOfFile);
  sidesOfPatches.set(patch, known);
  return known;
}

/** A series is asked for all of its patches while each of them is reviewed. */
const sidesOfPatches = new WeakMap<Patch, readonly Side[]>();

interface Draft {
  readonly owner: Owner | null;
  readonly lines: ChangedLine[];
  readonly hunks: Set<Hunk>;
}

function sidesOfFile(file: FileChange): Side[] {
  const path = file.newPath ?? file.oldPath ?? '';
  const drafts = new Map<string, Draft>();
  for (const hunk of file.hunks) {
    const numbers = lineNumbers(hunk);
    for (const { line, owner } of ownedLines(hunk)) {
      const key = owner === null ? '' : `${owner.kind} ${owner.name}`;
      const draft = drafts.get(key) ?? { owner, lines: [], hunks: new Set() };
      drafts.set(key, draft);
      const kind = line.kind as 'added' | 'removed';
      draft.lines.push({ hunk, kind, text: line.text, number: numbers.get(line)! });
      draft.hunks.add(hunk);
    }
  }
  return [...drafts.values()].map((draft) => finished(path, draft));
}

function lineNumbers({ oldStart, newStart, lines }: Hunk): ReadonlyMap<HunkLine, number> {
  let [before, after] = [oldStart, newStart];
  return new Map(
    lines.map((line) => {
      const number = line.kind === 'removed' ? before : after;
      if (line.kind !== 'added') before++;
      if (line.kind !== 'removed') after++;
      return [line, number];
    }),
  );
}

function finished(path: string, { owner, lines, hunks }: Draft): Side {
  const of = (kind: ChangedLine['kind']) =>
    lines.filter((line) => line.kind === kind).map(({ text }) => text);
  const image = (left: HunkLine['kind']) =>
    codeOf(
      [...hunks].flatMap((hunk) =>
        hunk.lines.filter(({ kind }) => kind !== left).map(({ text }) => text),
      ),
    );
  const [removed, added] = [codeOf(of('removed')), codeOf(of('added'))];
  const [before, after] = [image('added'), image('removed')];
  const nature = natureOf(of('removed'), of('added'), before === after);
  return { path, owner, lines, removed, added, before, after, nature };
}

function natureOf(
  removedLines: readonly string[],
  addedLines: readonly string[],
  isSameCode: boolean,
): Nature {
  const [removed, added] = [codeOf(removedLines), codeOf(addedLines)];
  if (removed === '' && added === '') {
    const isBlank = [...removedLines, ...addedLines].every((line) => line.trim() === '');
    return isBlank ? 'white space' : 'comments';
  }
  if (isSameCode) return 'white space';
  const sorted = (lines: readonly string[]) =>
    lines
      .map((line) => codeOf([line]))
      .filter((line) => line !== '')
      .sort()
      .join('\n');
  if (sorted(removedLines) === sorted(addedLines)) return 'moves';
  return isRenaming(removed, added) ? 'renames' : 'code';
}

/** The same code but for names, each of which became one other name everywhere. */
function isRenaming(removed: string, added: string): boolean {
  const [before, after] = [tokensOf(removed), tokensOf(added)];
  if (before.length !== after.length) return false;
  const [to, from] = [new Map<string, string>(), new Map<string, string>()];
  return before.every((token, i) => {
    const other = after[i]!;
    if (!/^[a-z_]\w*$/.test(token) || !/^[a-z_]\w*$/.test(other)) return token === other;
    const isField = /^(->|\.)$/.test(before[i - 1] ?? '');
    const isCall = before[i + 1] === '(';
    if (token !== other && (isField || isCall)) return false;
    const known = (to.get(token) ?? other) === other && (from.get(other) ?? token) === token;
    to.set(token, other);
    from.set(other, token);
    return known;
  });
}

/** Where a finding about a side stands: at the first changed line that the pattern matches. */
export function placeOf(
  { path, owner, lines }: Side,
  pattern: RegExp | null,
  kind: ChangedLine['kind'] | null = null,
): Place {
  const candidates = kind === null ? lines : lines.filter((line) => line.kind === kind);
  const found =
    candidates.find(({ text }) => pattern?.test(codeOf([text])) === true) ??
    candidates.find(({ text }) => text.trim() !== '') ??
    lines[0];
  return {
    path,
    function: owner?.name ?? null,
    hunk: found?.hunk ?? null,
    line: found?.number ?? null,
    text: found?.text ?? null,
  };
}
