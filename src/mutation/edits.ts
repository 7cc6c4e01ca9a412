// SPDX-License-Identifier: GPL-2.0-only
// What does a text look like after its edits?

import { type Edit, type Mutant, MutationError } from './mutant.ts';

/** What decides how a mutant behaves. */
export type Edited = Pick<Mutant, 'era' | 'edits'>;

/** Equal for mutants with the same code, and for no others. */
export function editsKey({ era, edits }: Edited): string {
  const texts = edits.map(({ file, start, end, replacement }) => [file, start, end, replacement]);
  return `${era} ${JSON.stringify(texts)}`;
}

/** Order of edits in a mutant: by file, then by place. */
export function compareEdits(a: Edit, b: Edit): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.start - b.start || a.end - b.end;
}

/** The text with edits of one file applied. Throws if they overlap or meet another text. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of [...edits].sort(compareEdits)) {
    if (edit.start < at) throw new MutationError(`edits of ${edit.file} overlap at ${edit.start}`);
    if (text.slice(edit.start, edit.end) !== edit.original) {
      throw new MutationError(`${edit.file} has another text at ${edit.start} than the edit wants`);
    }
    result += text.slice(at, edit.start) + edit.replacement;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** The range of a deletion: with its indentation, if nothing else stands before it on its line. */
export function deletion(text: string, start: number, end: number): { start: number; end: number } {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  return { start: text.slice(lineStart, start).trim() === '' ? lineStart : start, end };
}
