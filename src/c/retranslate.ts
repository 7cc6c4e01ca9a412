// SPDX-License-Identifier: GPL-2.0-only
// What does one function become when its text is edited? Only that function is read, parsed and
// translated again, which takes a millisecond or two; all else stays as it was compiled.

import { compiled } from './compile.ts';
import { drafted, finished } from './emit/functions.ts';
import { withoutAnnotations } from './text/annotations.ts';
import { type Chunk, chunksOf } from './text/chunks.ts';
import { preprocessPart } from './text/preprocess.ts';
import type { Translated } from './translate.ts';
import {
  Refusal,
  type Retranslated,
  type SourceFile,
  type TranslatedFunction,
} from './translation.ts';

/** Replaces a part of a file's text. Offsets are UTF-16 units of the file. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** Where a function stands in the text of its file. */
export interface FunctionText {
  readonly file: SourceFile;
  /** The first line, from 1. */
  readonly line: number;
  /** The offset of its first line, and of the end of its last. */
  readonly start: number;
  readonly end: number;
}

/** The whole lines of a translated function. */
export function functionText(file: SourceFile, made: TranslatedFunction): FunctionText {
  const start = offsetOfLine(file.text, made.line);
  return { file, line: made.line, start, end: offsetOfLine(file.text, made.lastLine + 1) };
}

function offsetOfLine(text: string, line: number): number {
  let at = 0;
  for (let i = 1; i < line; i++) {
    const next = text.indexOf('\n', at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return at;
}

/**
 * Translates a function again after edits of its text, which must not overlap. Throws a Refusal if
 * what comes out is no function of the same type, or needs something that the translation has not.
 */
export function retranslate(
  translation: Translated,
  of: FunctionText,
  name: string,
  edits: readonly TextEdit[],
): Retranslated {
  const known = translation.functionNamed.get(name);
  if (known === undefined) throw new Refusal(of.file.path, of.line, `${name}() is not translated`);
  const chunk = chunkOf(translation, of, name, edits);
  const { program } = translation;
  const wanted = { index: known.index, chunk, name, by: null };
  const firstSite = program.sites.length;
  try {
    const type = program.functionType(chunk);
    if (program.signature(type) !== known.signature)
      throw new Refusal(of.file.path, of.line, `${name}() gets another type`);
    const draft = drafted(program, wanted);
    const calls = [...draft.body.calls];
    // A call that was not there before might close a circle.
    const isNew = draft.body.hasIndirectCall || calls.some((call) => !known.calls.includes(call));
    const made = finished(program, draft, isNew || translation.recursive.has(known.index));
    const sites = program.sites.slice(firstSite);
    return { function: made, code: compiled(made.text), sites, firstSite };
  } finally {
    program.sites.length = firstSite;
  }
}

/** The declaration that the edited text is. */
function chunkOf(
  { program }: Translated,
  of: FunctionText,
  name: string,
  edits: readonly TextEdit[],
): Chunk {
  const { path } = of.file;
  const text = edited(of, edits);
  const { macros, lists } = program.unit;
  const tokens = preprocessPart({ path, text }, of.line, macros, lists.isKept);
  const { tokens: plain, packed } = withoutAnnotations(tokens, lists.isBlank);
  const [chunk, ...more] = chunksOf({ path, tokens: plain }, packed);
  if (chunk?.kind !== 'function' || chunk.name !== name || more.length > 0)
    throw new Refusal(path, of.line, `the edited text is not the one function ${name}()`);
  return chunk;
}

function edited({ file, start, end }: FunctionText, edits: readonly TextEdit[]): string {
  let text = '';
  let at = start;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    if (edit.start < at || edit.end < edit.start || edit.end > end)
      throw new Error('defect: an edit outside its function, or upon another');
    text += file.text.slice(at, edit.start) + edit.replacement;
    at = edit.end;
  }
  return text + file.text.slice(at, end);
}

/** True if the function's text, read alone, is what was translated with all other files. */
export function standsAlone(translation: Translated, of: FunctionText, name: string): boolean {
  const known = translation.functionNamed.get(name);
  if (known === undefined) return false;
  try {
    return retranslate(translation, of, name, []).function.fingerprint === known.fingerprint;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
