// SPDX-License-Identifier: GPL-2.0-only
// How is a mutant shown? As a unified diff that patch(1) accepts. The edits say which lines
// change, so no lines have to be compared.

import { applyEdits, compareEdits } from './edits.ts';
import type { Edit } from './mutant.ts';

const CONTEXT = 3;

/** Lines `first` up to but not including `end` become `after`; lines count from 0. */
interface LineChange {
  readonly first: number;
  readonly end: number;
  readonly after: readonly string[];
}

/** Unified diff of one file. `edits` are all of this file; `text` is what they apply to. */
export function unifiedDiff(path: string, text: string, edits: readonly Edit[]): string {
  const lines = text.split('\n');
  const changes = lineChanges(text, lines, edits);
  const out = [`--- a/${path}`, `+++ b/${path}`];
  let moved = 0;
  for (const hunk of hunksOf(changes)) {
    const first = Math.max(0, hunk[0]!.first - CONTEXT);
    // A text that ends with a newline has one empty piece behind it, which is no line.
    const count = lines.at(-1) === '' ? lines.length - 1 : lines.length;
    const end = Math.min(count, hunk.at(-1)!.end + CONTEXT);
    const body: string[] = [];
    let at = first;
    for (const change of hunk) {
      body.push(...lines.slice(at, change.first).map((line) => ` ${line}`));
      body.push(...lines.slice(change.first, change.end).map((line) => `-${line}`));
      body.push(...change.after.map((line) => `+${line}`));
      at = change.end;
    }
    body.push(...lines.slice(at, end).map((line) => ` ${line}`));
    const added = hunk.reduce((sum, c) => sum + c.after.length - (c.end - c.first), 0);
    out.push(
      `@@ -${first + 1},${end - first} +${first + 1 + moved},${end - first + added} @@`,
      ...body,
    );
    moved += added;
  }
  return `${out.join('\n')}\n`;
}

/** Edits that touch the same lines become one change of whole lines. */
function lineChanges(text: string, lines: readonly string[], edits: readonly Edit[]): LineChange[] {
  const starts = [0];
  for (const line of lines) starts.push(starts.at(-1)! + line.length + 1);
  const lineOf = (offset: number) => starts.findLastIndex((start) => start <= offset);
  const groups: { first: number; end: number; edits: Edit[] }[] = [];
  for (const edit of [...edits].sort(compareEdits)) {
    const first = lineOf(edit.start);
    const end = lineOf(edit.end) + 1;
    const last = groups.at(-1);
    if (last !== undefined && first < last.end) {
      last.end = Math.max(last.end, end);
      last.edits.push(edit);
    } else {
      groups.push({ first, end, edits: [edit] });
    }
  }
  return groups.map((group) => {
    const from = starts[group.first]!;
    const shifted = group.edits.map((e) => ({ ...e, start: e.start - from, end: e.end - from }));
    const before = text.slice(from, starts[group.end]! - 1);
    return trimmed(lines, group.first, group.end, applyEdits(before, shifted).split('\n'));
  });
}

/** Without the lines at both ends that stay as they are. */
function trimmed(
  lines: readonly string[],
  first: number,
  end: number,
  after: readonly string[],
): LineChange {
  let head = 0;
  let tail = 0;
  const most = Math.min(end - first, after.length);
  while (head < most && lines[first + head] === after[head]) head++;
  while (tail < most - head && lines[end - 1 - tail] === after.at(-1 - tail)) tail++;
  return { first: first + head, end: end - tail, after: after.slice(head, after.length - tail) };
}

/** Changes whose contexts meet share a hunk. */
function hunksOf(changes: readonly LineChange[]): LineChange[][] {
  const hunks: LineChange[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1);
    if (last !== undefined && change.first - last.at(-1)!.end <= 2 * CONTEXT) last.push(change);
    else hunks.push([change]);
  }
  return hunks;
}
