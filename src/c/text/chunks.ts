// SPDX-License-Identifier: GPL-2.0-only
// Where does each declaration of a file begin and end, and which names does it declare? Brackets
// alone decide, so that one declaration that cannot be parsed spoils no other; what a declaration
// says is found out by the parser when it is needed.

import { BUDGETS, within } from '../budgets.ts';
import { closing } from './annotations.ts';
import type { Preprocessed } from './preprocess.ts';
import type { Token } from './tokens.ts';

export type ChunkKind = 'function' | 'typedef' | 'declaration';

/** One declaration or function at file scope. */
export interface Chunk {
  readonly kind: ChunkKind;
  readonly file: string;
  readonly tokens: readonly Token[];
  readonly line: number;
  readonly lastLine: number;
  /** Of a function or typedef: its name. */
  readonly name: string | null;
  /** `struct x`, `union x`, `enum x` whose members stand here. */
  readonly tags: readonly string[];
  readonly enumerators: readonly string[];
  /** Names that may be variables or prototypes; the parser decides. */
  readonly names: readonly string[];
  /** The lines of annotations that pack a struct here. */
  readonly packedLines: readonly number[];
  /** True if the file ends inside its brackets: whatever stands behind is part of it. */
  readonly isOpen: boolean;
}

/** The declarations of a file in order. */
export function chunksOf(file: Preprocessed, packed: ReadonlySet<number>): Chunk[] {
  const chunks: Chunk[] = [];
  const { tokens } = file;
  let start = 0;
  while (start < tokens.length) {
    const { end, isFunction, isOpen } = extent(tokens, start, file.path);
    const inside = tokens.slice(start, end);
    if (inside.length > 1) {
      const lines = [...packed]
        .filter((at) => at > start && at <= end)
        .map((at) => tokens[Math.min(at, end) - 1]!.line);
      chunks.push({ ...chunkOf(file.path, inside, isFunction, lines), isOpen });
    }
    start = end;
  }
  return chunks;
}

/** Where the declaration that begins at `start` ends. */
function extent(tokens: readonly Token[], start: number, path: string) {
  let depth = 0;
  let isFunction = false;
  for (let i = start; i < tokens.length; i++) {
    const { text, line } = tokens[i]!;
    if (text === '(' || text === '[' || text === '{') {
      if (text === '{' && depth === 0) isFunction = tokens[i - 1]?.text === ')' && i > start;
      depth++;
      within('nesting', depth, path, line);
    } else if (text === ')' || text === ']' || text === '}') {
      depth = Math.max(0, depth - 1);
      if (depth === 0 && text === '}' && isFunction)
        return { end: i + 1, isFunction, isOpen: false };
    } else if (text === ';' && depth === 0) {
      return { end: i + 1, isFunction: false, isOpen: false };
    }
    if (i - start > BUDGETS.declarationTokens)
      within('declarationTokens', i - start, path, tokens[start]!.line);
  }
  return { end: tokens.length, isFunction, isOpen: depth > 0 };
}

function chunkOf(
  file: string,
  tokens: readonly Token[],
  isFunction: boolean,
  packedLines: readonly number[],
): Omit<Chunk, 'isOpen'> {
  const isTypedef = tokens[0]!.text === 'typedef';
  const kind = isFunction ? 'function' : isTypedef ? 'typedef' : 'declaration';
  const name = isFunction ? functionName(tokens) : isTypedef ? typedefName(tokens) : null;
  const tagged = isFunction ? { tags: [], enumerators: [] } : tagsOf(tokens);
  const line = tokens[0]!.line;
  const lastLine = tokens.at(-1)!.line;
  const names = kind === 'declaration' ? declaredNames(tokens) : [];
  return { kind, file, tokens, line, lastLine, name, ...tagged, names, packedLines };
}

/** The name before the brackets before the body. */
function functionName(tokens: readonly Token[]): string | null {
  const open = tokens.findIndex((token, i) => {
    if (token.text !== '(') return false;
    return tokens[closing(tokens, i) + 1]?.text === '{';
  });
  const name = tokens[open - 1];
  return name?.kind === 'name' ? name.text : null;
}

/** The name that a typedef declares: `(*name)`, or the last before `;`, `[` or `(`. */
function typedefName(tokens: readonly Token[]): string | null {
  let found: string | null = null;
  for (let i = 1; i < tokens.length; i++) {
    const { text, kind } = tokens[i]!;
    if (text === '{') {
      i = closing(tokens, i);
    } else if (text === '(') {
      if (tokens[i + 1]?.text === '*' && tokens[i + 2]?.kind === 'name') return tokens[i + 2]!.text;
      return found;
    } else if (text === '[') {
      return found;
    } else if (kind === 'name') {
      found = text;
    }
  }
  return found;
}

/** Tags and enumerators whose definitions stand in the tokens. */
function tagsOf(tokens: readonly Token[]) {
  const tags: string[] = [];
  const enumerators: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const { text } = tokens[i]!;
    if (text !== 'struct' && text !== 'union' && text !== 'enum') continue;
    const hasName = tokens[i + 1]?.kind === 'name';
    const open = i + (hasName ? 2 : 1);
    if (tokens[open]?.text !== '{') continue;
    if (hasName) tags.push(`${text} ${tokens[i + 1]!.text}`);
    if (text === 'enum') enumerators.push(...enumeratorNames(tokens, open));
  }
  return { tags, enumerators };
}

function enumeratorNames(tokens: readonly Token[], open: number): string[] {
  const names: string[] = [];
  const end = closing(tokens, open);
  let depth = 0;
  for (let i = open; i < end; i++) {
    const { text } = tokens[i]!;
    if (text === '(' || text === '{') depth++;
    else if (text === ')') depth--;
    const isStart = depth === 1 && (text === '{' || text === ',');
    if (isStart && tokens[i + 1]?.kind === 'name') names.push(tokens[i + 1]!.text);
  }
  return names;
}

/** Names outside all brackets that something follows which only follows a declared name. */
function declaredNames(tokens: readonly Token[]): string[] {
  const names: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const { text, kind } = tokens[i]!;
    if (text === '(' && tokens[i + 1]?.text === '*' && tokens[i + 2]?.kind === 'name') {
      names.push(tokens[i + 2]!.text);
    }
    if (text === '(' || text === '{' || text === '[') {
      i = closing(tokens, i);
    } else if (kind === 'name' && '=[;,('.includes(tokens[i + 1]?.text ?? ' ')) {
      names.push(text);
    }
  }
  return names;
}
