// SPDX-License-Identifier: GPL-2.0-only
// What must be changed in C text before tree-sitter can read it right? tree-sitter knows no
// typedef: it reads `(T)-1` as a subtraction and `T (*p)(int);` as a call, without a word. So each
// use of a typedef's name becomes a struct tag, which is a type wherever it stands. A declaration
// that uses such a name for something else then does not parse, and is refused.

import { closing, TYPE_ARGUMENTS } from './annotations.ts';
import type { Token } from './tokens.ts';

const TYPEDEF = '__typedef_';
const TYPEOF = '__typeof_';

/** The typedef that a tag stands for; null for a real tag. */
export function typedefOfTag(tag: string): string | null {
  return tag.startsWith(TYPEDEF) ? tag.slice(TYPEDEF.length) : null;
}

/** Which typeof() a tag stands for; null for a real tag. */
export function typeofOfTag(tag: string): number | null {
  return tag.startsWith(TYPEOF) ? Number(tag.slice(TYPEOF.length)) : null;
}

/** C text of the tree as its author wrote it, for people. */
export function readable(text: string): string {
  return (
    text
      .replaceAll(`struct ${TYPEDEF}`, '')
      .replace(/\bsizeof\((struct \w+|union \w+|\w+)\)(?=\s*,\s*\w+[\w.[\]]*\))/g, '$1')
      .replace(/\s+/g, ' ')
      // Blanks that only keep tokens apart where macros put them side by side.
      .replace(/ (?=->|\.(?!\.)|[,)\]])|(?<=[([]|->) /g, '')
      .trim()
  );
}

/** After these a name is a member or a tag, whatever it is elsewhere. */
const NO_TYPE_AFTER = new Set(['.', '->', 'struct', 'union', 'enum', 'goto']);

/** Before the width of a bit-field without a name. */
const TYPE_WORDS = new Set(['unsigned', 'signed', 'int', 'long', 'short', 'char', 'bool', '_Bool']);
const UNNAMED = '__unnamed';

/** True for the name that a bit-field without one is given. */
export function isUnnamed(name: string): boolean {
  return name === UNNAMED;
}

/**
 * Rewrites uses of typedef names, type arguments of the kept calls, bit-fields without a name, and
 * typeof(), whose inside is handed to `noteTypeof`, which numbers it. `declared` is the name that a
 * typedef itself declares: it stays.
 */
export function rewritten(
  tokens: readonly Token[],
  isTypedef: (name: string) => boolean,
  declared: string | null,
  noteTypeof: (inside: readonly Token[]) => number,
): Token[] {
  const opens = new Map<number, string>();
  const closes = new Set<number>();
  const out: Token[] = [];
  const made = (like: Token, ...texts: string[]) => {
    for (const text of texts) {
      const kind = /^\w/.test(text) ? 'name' : 'punctuation';
      out.push({ ...like, kind, text, isApart: true });
    }
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const { text } = token;
    if (opens.has(i)) made(token, opens.get(i)!, '(');
    if (token.kind === 'name' && tokens[i + 1]?.text === '(') {
      if (TYPE_ARGUMENTS.has(text)) markArguments(tokens, i, opens, closes);
      if (text === 'typeof' || text === '__typeof__' || text === '__typeof') {
        const close = closing(tokens, i + 1);
        made(token, 'struct', `${TYPEOF}${noteTypeof(tokens.slice(i + 2, close))}`);
        for (let j = i; j <= close; j++) if (closes.has(j)) made(token, ')');
        i = close;
        continue;
      }
    }
    const isName = token.kind === 'name' && isTypedef(text) && text !== declared;
    if (isName && !NO_TYPE_AFTER.has(tokens[i - 1]?.text ?? ''))
      made(token, 'struct', `${TYPEDEF}${text}`);
    // offsetof is a keyword of the grammar, which takes plain members only.
    else if (text === 'offsetof' || text === '__builtin_offsetof')
      out.push({ ...token, text: '__offsetof' });
    else out.push(token);
    const isType = isName || TYPE_WORDS.has(text);
    if (isType && tokens[i + 1]?.text === ':') made(token, UNNAMED);
    if (closes.has(i)) made(token, ')');
  }
  return out;
}

/** A type argument T becomes sizeof(T), an expression that carries a type. */
function markArguments(
  tokens: readonly Token[],
  name: number,
  opens: Map<number, string>,
  closes: Set<number>,
): void {
  const wanted = TYPE_ARGUMENTS.get(tokens[name]!.text)!;
  const end = closing(tokens, name + 1);
  let argument = 0;
  let start = name + 2;
  for (let i = name + 2; i <= end; i++) {
    const { text } = tokens[i]!;
    if (text === '(' || text === '[' || text === '{') {
      i = closing(tokens, i);
      continue;
    }
    if (text !== ',' && i !== end) continue;
    if (wanted.includes(argument) && i > start) {
      opens.set(start, 'sizeof');
      closes.add(i - 1);
    }
    argument++;
    start = i + 1;
  }
}
