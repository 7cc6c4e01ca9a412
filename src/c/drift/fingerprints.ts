// SPDX-License-Identifier: GPL-2.0-only
// By what is a function of a kernel told from another version of it? By its tokens: comments,
// blanks and line breaks do not count, and neither do macros that it uses, which have hashes of
// their own. A hash is a fact about a kernel and no text of it.

import { createHash } from 'node:crypto';
import { chunksOf } from '../text/chunks.ts';
import { type Token, tokensOf } from '../text/tokens.ts';

/** A line of the preprocessor, with those that a backslash joins to it. */
interface Directive {
  readonly line: number;
  readonly tokens: readonly Token[];
}

/**
 * Hashes of what a file defines, 16 hex digits, by name: functions as `name`, macros as `#name`,
 * structs, unions and enums by their tags. What is defined several times, as under #ifdef, has one
 * hash of all of it. Throws a Refusal for what is no C.
 */
export function fingerprintsOf(path: string, text: string): ReadonlyMap<string, string> {
  const { directives, rest } = parted(tokensOf(path, text));
  const found = new Map<string, string[]>();
  const add = (name: string, texts: readonly string[]) => {
    const known = found.get(name) ?? [];
    known.push(texts.join('\0'));
    found.set(name, known);
  };
  for (const { tokens } of directives) {
    if (tokens[1]?.text === 'define' && tokens[2] !== undefined)
      add(`#${tokens[2].text}`, textsOf(tokens));
  }
  for (const chunk of chunksOf({ path, tokens: rest }, new Set())) {
    const names = chunk.name === null ? chunk.tags : [chunk.name];
    const inside = directives.filter(({ line }) => line > chunk.line && line < chunk.lastLine);
    const texts = [...textsOf(chunk.tokens), ...inside.flatMap(({ tokens }) => textsOf(tokens))];
    for (const name of names) add(name, texts);
  }
  return new Map([...found].map(([name, texts]) => [name, hashOf(texts)]));
}

function parted(tokens: readonly Token[]): {
  readonly directives: readonly Directive[];
  readonly rest: readonly Token[];
} {
  const directives: Directive[] = [];
  const rest: Token[] = [];
  let directive: Token[] | null = null;
  for (const token of tokens) {
    if (token.isFirst) {
      directive = token.text === '#' ? [] : null;
      if (directive !== null) directives.push({ line: token.line, tokens: directive });
    }
    (directive ?? rest).push(token);
  }
  return { directives, rest };
}

const textsOf = (tokens: readonly Token[]): string[] => tokens.map(({ text }) => text);

function hashOf(texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16);
}
