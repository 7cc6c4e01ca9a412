// SPDX-License-Identifier: GPL-2.0-only
// What are the tokens of a C file, and on which line does each stand? Comments are blanks; a
// backslash before a newline joins lines but the lines still count.

import { within } from '../budgets.ts';
import { Refusal } from '../translation.ts';
import { type Hidden, NOTHING_HIDDEN } from './hidden.ts';

export type TokenKind = 'name' | 'number' | 'string' | 'character' | 'punctuation' | 'other';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** 1-based. What a macro made stands on the line of the macro's use. */
  readonly line: number;
  /** True if a blank, comment or newline stands before it. */
  readonly isApart: boolean;
  /** True if it is the first of its line. */
  readonly isFirst: boolean;
  /** The macros that may not be expanded in it any more. */
  readonly hidden: Hidden;
}

const PATTERN = new RegExp(
  [
    String.raw`(\n)`,
    String.raw`([ \t\r\f\v]+|\\\r?\n)`,
    String.raw`(\/\*(?:[^*]|\*(?!\/))*\*\/)`,
    String.raw`(\/\/(?:[^\n\\]|\\(?:\r?\n|[^\n])?)*)`,
    '([A-Za-z_][A-Za-z0-9_]*)',
    String.raw`(\.?[0-9](?:[eEpP][+-]|[A-Za-z0-9_.])*)`,
    String.raw`("(?:[^"\\\n]|\\(?:\r?\n|[^\n]))*")`,
    String.raw`('(?:[^'\\\n]|\\(?:\r?\n|[^\n]))+')`,
    String.raw`(\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|[<>=!]=|&&|\|\||[-+*/%&^|]=|##` +
      String.raw`|[-+*/%&^|~!<>=?:;,.()[\]{}#])`,
    '([^])',
  ].join('|'),
  'y',
);
/** The group of the pattern that each kind of token is. */
const KINDS: readonly (readonly [group: number, kind: TokenKind])[] = [
  [5, 'name'],
  [9, 'punctuation'],
  [6, 'number'],
  [7, 'string'],
  [8, 'character'],
  [10, 'other'],
];

/**
 * The tokens of a file's text, or of a part that begins on some line. Throws a Refusal for what
 * cannot be split.
 */
export function tokensOf(file: string, text: string, firstLine = 1): Token[] {
  within('fileLength', text.length, file, 1);
  const tokens: Token[] = [];
  const pattern = new RegExp(PATTERN);
  let line = firstLine;
  let isApart = true;
  let isFirst = true;
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)!;
    if (found[1] !== undefined) {
      line++;
      isApart = isFirst = true;
      continue;
    }
    const blank = found[2] ?? found[3] ?? found[4];
    if (blank !== undefined) {
      if (found[2]?.startsWith('\\') && splitsName(text, at, pattern.lastIndex))
        throw new Refusal(file, line, 'a name is split by a backslash at the end of a line');
      line += newlines(blank);
      isApart = true;
      continue;
    }
    const token = found[0];
    if (token === '/' && text[at + 1] === '*')
      throw new Refusal(file, line, 'a comment does not end');
    const kind = KINDS.find(([group]) => found[group] !== undefined)![1];
    tokens.push({ kind, text: token, line, isApart, isFirst, hidden: NOTHING_HIDDEN });
    within('tokens', tokens.length, file, line);
    if (kind === 'string' || kind === 'character') line += newlines(token);
    isApart = isFirst = false;
  }
  return tokens;
}

/** True if a joined line has parts of one name or number on both sides. */
function splitsName(text: string, from: number, to: number): boolean {
  return /\w/.test(text[from - 1] ?? ' ') && /\w/.test(text[to] ?? ' ');
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/**
 * Tokens as text in which each stands on its own line number, counted from `firstLine`: so a place
 * in the text is a place in the file, though columns differ.
 */
export function textOf(tokens: readonly Token[], firstLine: number): string {
  const parts: string[] = [];
  let line = firstLine;
  let before: Token | null = null;
  for (const token of tokens) {
    if (token.line > line) {
      parts.push('\n'.repeat(token.line - line));
      line = token.line;
    } else if (before !== null && (token.isApart || wouldMerge(before, token))) {
      parts.push(' ');
    }
    parts.push(token.text.replaceAll('\n', ' '));
    before = token;
  }
  return parts.join('');
}

/** True if two tokens without a blank between them would be read as others. */
function wouldMerge(before: Token, after: Token): boolean {
  if (before.kind === 'punctuation' && after.kind === 'punctuation') return true;
  return /\w$/.test(before.text) && /^\w/.test(after.text);
}
