// SPDX-License-Identifier: GPL-2.0-only
// What is left of the files of a tree after the preprocessor? No header is read but those that the
// profile names, in its order; every token keeps the line of the user's file.
//
// A macro has the value that it has at this point of the files, as in C. One that is defined only
// in a later file has that later value: without #include, an order that suits all need not exist.

import { within } from '../budgets.ts';
import { type ReadOptions, Refusal, type SourceFile } from '../translation.ts';
import { conditionHolds } from './condition.ts';
import { Expander, type Macro } from './macros.ts';
import { type Token, tokensOf } from './tokens.ts';

/** One file without directives and macros. */
export interface Preprocessed {
  readonly path: string;
  readonly tokens: readonly Token[];
}

export interface PreprocessedTree {
  readonly files: readonly Preprocessed[];
  /** All macros as they are at the end of all files. */
  readonly macros: ReadonlyMap<string, Macro>;
}

/** A run of live tokens, or a change of the macros. */
type Item =
  | { readonly kind: 'text'; readonly tokens: Token[] }
  | { readonly kind: 'define'; readonly macro: Macro }
  | { readonly kind: 'undef'; readonly name: string };

/**
 * Preprocesses all files. `isKept` names the macros that stay calls although the tree defines them.
 * Throws a Refusal.
 */
export function preprocess(
  files: readonly SourceFile[],
  options: Pick<ReadOptions, 'config' | 'overrides'>,
  isKept: (name: string) => boolean,
): PreprocessedTree {
  const given = givenMacros(options);
  const table = new Map(given);
  const isFixed = (name: string) => given.has(name) || isKept(name);
  const items = files.map((file) => ({
    path: file.path,
    items: liveItems(file.path, tokensOf(file.path, file.text), table, isFixed),
  }));
  const late = new Map(table);
  const current = new Map<string, Macro | null>(given);
  const lookup = (name: string) => {
    const macro = current.get(name);
    return (macro === undefined ? late.get(name) : macro) ?? undefined;
  };
  const done = items.map(({ path, items }) => ({
    path,
    tokens: expandedItems(path, items, current, lookup),
  }));
  return { files: done, macros: late };
}

/**
 * Preprocesses a part of a file, such as one function, with all macros as they are at the end of
 * all files. Throws a Refusal if it defines a macro itself.
 */
export function preprocessPart(
  { path, text }: SourceFile,
  firstLine: number,
  macros: ReadonlyMap<string, Macro>,
  isKept: (name: string) => boolean,
): Token[] {
  const all = tokensOf(path, text, firstLine);
  if (all.some(({ text }, i) => text === '#' && /^(define|undef)$/.test(all[i + 1]?.text ?? '')))
    throw new Refusal(path, firstLine, 'a macro is defined inside what is to be read alone');
  // Without a #define in it, nothing is put into the table.
  const items = liveItems(path, all, macros as Map<string, Macro>, isKept);
  const tokens = items.flatMap((item) => (item.kind === 'text' ? item.tokens : []));
  return new Expander(path, (name) => macros.get(name)).expand(tokens);
}

/** The macros that CONFIG and the profile's overrides stand for. */
function givenMacros({
  config,
  overrides,
}: Pick<ReadOptions, 'config' | 'overrides'>): Map<string, Macro> {
  const macros = new Map<string, Macro>();
  const all = [
    ...Object.entries(config).map(([name, text]) => [name, text, 'CONFIG'] as const),
    ...Object.entries(overrides).map(([name, text]) => [name, text, 'overrides'] as const),
  ];
  for (const [name, text, file] of all) {
    // Joined without a blank, a key such as `f(a, b)` is a macro with parameters.
    const macro = macroOf(file, 1, tokensOf(file, `${name} ${text}`));
    macros.set(macro.name, macro);
  }
  return macros;
}

/** Splits a file into live text and changes of macros; keeps the table as it is at each point. */
function liveItems(
  path: string,
  tokens: readonly Token[],
  table: Map<string, Macro>,
  isFixed: (name: string) => boolean,
): Item[] {
  const items: Item[] = [];
  const conditionals = new Conditionals(path, table);
  let run: Token[] = [];
  const flush = (item?: Item) => {
    if (run.length > 0) items.push({ kind: 'text', tokens: run });
    run = [];
    if (item !== undefined) items.push(item);
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.text !== '#' || !token.isFirst) {
      if (conditionals.isLive) run.push(token);
      continue;
    }
    let end = i + 1;
    while (end < tokens.length && !tokens[end]!.isFirst) end++;
    const [name, ...rest] = tokens.slice(i + 1, end);
    i = end - 1;
    if (name === undefined || conditionals.handles(name, rest) || !conditionals.isLive) continue;
    if (name.text === 'define') {
      const macro = macroOf(path, name.line, rest);
      if (isFixed(macro.name)) continue;
      table.set(macro.name, macro);
      flush({ kind: 'define', macro });
    } else if (name.text === 'undef' && rest[0] !== undefined) {
      if (isFixed(rest[0].text)) continue;
      table.delete(rest[0].text);
      flush({ kind: 'undef', name: rest[0].text });
    } else if (name.text === 'error') {
      throw new Refusal(path, name.line, 'an #error is reached with this configuration');
    } else if (!['include', 'include_next', 'pragma', 'warning', 'line'].includes(name.text)) {
      throw new Refusal(path, name.line, `the directive #${name.text} is not known`);
    }
  }
  flush();
  conditionals.end();
  return items;
}

/** Which part of the file is live. */
class Conditionals {
  readonly #path: string;
  readonly #table: ReadonlyMap<string, Macro>;
  /** `wasTaken`: some branch was live, or none may be as the whole is not. */
  readonly #open: { line: number; isLive: boolean; wasTaken: boolean; hadElse: boolean }[] = [];

  constructor(path: string, table: ReadonlyMap<string, Macro>) {
    this.#path = path;
    this.#table = table;
  }

  get isLive(): boolean {
    return this.#open.at(-1)?.isLive ?? true;
  }

  /** Does what a conditional directive says; false if it is none. */
  handles(directive: Token, rest: readonly Token[]): boolean {
    const { text, line } = directive;
    if (text === 'if' || text === 'ifdef' || text === 'ifndef') {
      const isLive = this.isLive && this.#holds(text, line, rest);
      this.#open.push({ line, isLive, wasTaken: isLive || !this.isLive, hadElse: false });
      within('conditionalDepth', this.#open.length, this.#path, line);
      return true;
    }
    if (text !== 'elif' && text !== 'else' && text !== 'endif') return false;
    const innermost = this.#open.at(-1);
    if (innermost === undefined || (text !== 'endif' && innermost.hadElse))
      throw new Refusal(this.#path, line, `the #${text} has no #if`);
    if (text === 'endif') {
      this.#open.pop();
      return true;
    }
    if (text === 'else') innermost.hadElse = true;
    innermost.isLive = !innermost.wasTaken && (text === 'else' || this.#holds('if', line, rest));
    innermost.wasTaken ||= innermost.isLive;
    return true;
  }

  end(): void {
    const left = this.#open.at(-1);
    if (left !== undefined) throw new Refusal(this.#path, left.line, 'the #if has no #endif');
  }

  #holds(text: 'if' | 'ifdef' | 'ifndef', line: number, rest: readonly Token[]): boolean {
    if (text === 'if')
      return conditionHolds(this.#path, line, rest, (name) => this.#table.get(name));
    if (rest[0]?.kind !== 'name') throw new Refusal(this.#path, line, `the #${text} has no name`);
    return this.#table.has(rest[0].text) === (text === 'ifdef');
  }
}

/** The macro that a #define makes. */
function macroOf(path: string, line: number, rest: readonly Token[]): Macro {
  const [name, open] = rest;
  const refuse = () => new Refusal(path, line, 'the #define has a form that is not known');
  if (name?.kind !== 'name') throw refuse();
  const made = { name: name.text, file: path, line };
  if (open?.text !== '(' || open.isApart)
    return { ...made, parameters: null, isVariadic: false, body: rest.slice(1) };
  const close = rest.findIndex((token) => token.text === ')');
  if (close < 0) throw refuse();
  const inner = rest.slice(2, close).map(({ text }) => text);
  const isVariadic = inner.at(-1) === '...';
  if (isVariadic) inner.pop();
  // `args...` names the rest; a bare `...` is called __VA_ARGS__.
  if (isVariadic && (inner.length === 0 || inner.at(-1) === ',')) inner.push('__VA_ARGS__');
  const parameters = inner.filter((_, i) => i % 2 === 0);
  const isList = inner.every((text, i) => (i % 2 === 0 ? /^\w+$/.test(text) : text === ','));
  if (!isList || new Set(parameters).size !== parameters.length) throw refuse();
  return { ...made, parameters, isVariadic, body: rest.slice(close + 1) };
}

/** Expands a file's text in order, so that each use sees the macros of its place. */
function expandedItems(
  path: string,
  items: readonly Item[],
  current: Map<string, Macro | null>,
  lookup: (name: string) => Macro | undefined,
): Token[] {
  const expander = new Expander(path, lookup);
  const out: Token[] = [];
  for (const item of items) {
    if (item.kind === 'define') current.set(item.macro.name, item.macro);
    else if (item.kind === 'undef') current.set(item.name, null);
    else for (const token of expander.expand(item.tokens)) out.push(token);
  }
  return out;
}
