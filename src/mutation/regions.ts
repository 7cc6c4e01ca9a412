// SPDX-License-Identifier: GPL-2.0-only
// Which code does a mutant have? The functions that its edits touch, as they read afterwards. There
// are hundreds of mutants of one file, so nobody reads the rest of it again for each of them.

import { applyEdits } from './edits.ts';
import { type Edit, type Mutant, MutationError } from './mutant.ts';
import type { Port, PortFile } from './port.ts';

export interface EditedStatement {
  /** Its place among those of the top level. */
  readonly index: number;
  /** The line of the file, from 1, on which it begins. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

/** The statements of the top level that change. `edits` are all of this file. */
export function editedStatements(file: PortFile, edits: readonly Edit[]): EditedStatement[] {
  const groups = new Map<number, Edit[]>();
  for (const edit of edits) {
    const index = file.statements.findIndex((s) => s.start <= edit.start && edit.end <= s.end);
    if (index < 0) throw new MutationError(`${file.path} is edited between two statements`);
    groups.set(index, [...(groups.get(index) ?? []), edit]);
  }
  return [...groups].map(([index, own]) => {
    const { start, end } = file.statements[index]!;
    const before = file.text.slice(start, end);
    const shifted = own.map((e) => ({ ...e, start: e.start - start, end: e.end - start }));
    const line = file.text.slice(0, start).split('\n').length;
    return { index, line, before, after: applyEdits(before, shifted) };
  });
}

/** White space apart, equal for mutants that are the same code; empty for that of the port. */
export function codeOf(port: Port, { edits }: Pick<Mutant, 'edits'>): string {
  return [...new Set(edits.map((edit) => edit.file))]
    .flatMap((path) => {
      const own = edits.filter((edit) => edit.file === path);
      return editedStatements(port.files.get(path)!, own)
        .map(({ before, ...rest }) => ({
          ...rest,
          before: plain(before),
          after: plain(rest.after),
        }))
        .filter(({ before, after }) => before !== after)
        .map(({ index, after }) => `${path} ${index} ${after}`);
    })
    .sort()
    .join('\n');
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ');
}
