// SPDX-License-Identifier: GPL-2.0-only
// What stands in the files of a tree? An index of names to declarations. Nothing is parsed before
// it is needed, so what cannot be parsed and is not needed does no harm.

import { type ReadOptions, Refusal, type SourceFile } from '../translation.ts';
import { type NameLists, nameLists, withoutAnnotations } from './annotations.ts';
import { type Ast, type CParser, parsed } from './ast.ts';
import { type Chunk, chunksOf } from './chunks.ts';
import type { Macro } from './macros.ts';
import { PRELUDE, PRELUDE_PATH } from './prelude.ts';
import { preprocess } from './preprocess.ts';
import { rewritten } from './rewrite.ts';
import type { Token } from './tokens.ts';

/** Names to the declarations in which they stand. */
export type Index = ReadonlyMap<string, readonly Chunk[]>;

/** The files of a tree as the profile reads them. */
export interface Unit {
  readonly options: ReadOptions;
  readonly lists: NameLists;
  readonly chunks: readonly Chunk[];
  /** Functions with a body. */
  readonly functions: Index;
  readonly typedefs: Index;
  /** `struct x`, `union x`, `enum x` with members. */
  readonly tags: Index;
  readonly enumerators: Index;
  /** Variables and prototypes. */
  readonly names: Index;
  readonly macros: ReadonlyMap<string, Macro>;
  readonly parser: CParser;
  /** Parses a declaration of the unit, once. Throws a Refusal. */
  readonly parse: (chunk: Chunk) => Ast;
  /** Parses tokens of the unit as one declaration. */
  readonly parseTokens: (file: string, tokens: readonly Token[]) => Ast;
  /** What stands in the brackets of the typeof() with this number. */
  readonly typeofTokens: (index: number) => readonly Token[];
}

/** Reads the files of a tree. Throws a Refusal for what no part of a file can be read without. */
export function readUnit(
  parser: CParser,
  files: readonly SourceFile[],
  options: ReadOptions,
): Unit {
  const lists = nameLists(options.keepCalls, options.blank);
  const all = [
    { path: PRELUDE_PATH, text: PRELUDE },
    { path: 'kvm-mutants/profile.h', text: options.prelude },
    ...files,
  ];
  const tree = preprocess(all, options, lists.isKept);
  const chunks = tree.files.flatMap(({ path, tokens }) => {
    const { tokens: plain, packed } = withoutAnnotations(tokens, lists.isBlank);
    return chunksOf({ path, tokens: plain }, packed);
  });
  return unitOf(parser, options, lists, chunks, tree.macros);
}

/** The index of given declarations. */
export function unitOf(
  parser: CParser,
  options: ReadOptions,
  lists: NameLists,
  chunks: readonly Chunk[],
  macros: ReadonlyMap<string, Macro>,
): Unit {
  const of = (kind: Chunk['kind'], names: (chunk: Chunk) => readonly string[]) =>
    indexed(
      chunks.filter((chunk) => chunk.kind === kind),
      names,
    );
  const name = (chunk: Chunk) => (chunk.name === null ? [] : [chunk.name]);
  const typedefs = of('typedef', name);
  const isTypedef = (word: string) => typedefs.has(word);
  const done = new Map<Chunk, Ast>();
  const typeofs: (readonly Token[])[] = [];
  const noteTypeof = (inside: readonly Token[]) => typeofs.push(inside) - 1;
  const parseTokens = (file: string, tokens: readonly Token[], declared: string | null = null) =>
    parsed(parser, file, rewritten(tokens, isTypedef, declared, noteTypeof));
  return {
    options,
    lists,
    chunks,
    functions: of('function', name),
    typedefs,
    tags: indexed(chunks, ({ tags }) => tags),
    enumerators: indexed(chunks, ({ enumerators }) => enumerators),
    names: of('declaration', ({ names }) => names),
    macros,
    parser,
    parse: (chunk) => {
      const known = done.get(chunk);
      if (known !== undefined) return known;
      const declared = chunk.kind === 'typedef' ? chunk.name : null;
      const made = parseTokens(chunk.file, chunk.tokens, declared);
      done.set(chunk, made);
      return made;
    },
    parseTokens,
    typeofTokens: (index) => typeofs[index] ?? [],
  };
}

function indexed(
  chunks: readonly Chunk[],
  names: (chunk: Chunk) => readonly string[],
): Map<string, Chunk[]> {
  const index = new Map<string, Chunk[]>();
  for (const chunk of chunks) {
    for (const name of new Set(names(chunk))) {
      const known = index.get(name);
      if (known === undefined) index.set(name, [chunk]);
      else known.push(chunk);
    }
  }
  return index;
}

/**
 * The declaration that a name means in a file: one of the same file, else the only one there is.
 * A static function or struct of another file is not told from a global one; two of them are
 * refused. What the prelude says gives way to what the tree says. Undefined if there is none.
 */
export function chosen(index: Index, name: string, file: string, what: string): Chunk | undefined {
  const all = index.get(name) ?? [];
  const here = all.filter((chunk) => chunk.file === file);
  const ofTree = all.filter((chunk) => !chunk.file.startsWith('kvm-mutants/'));
  const candidates = here.length > 0 ? here : ofTree.length > 0 ? ofTree : all.slice(-1);
  const [first, second] = candidates;
  if (first === undefined || second === undefined) return first;
  if (candidates.every((chunk) => sameText(chunk, first))) return first;
  throw new Refusal(
    second.file,
    second.line,
    `${what} ${name} is also defined in ${first.file}:${first.line}`,
  );
}

function sameText(a: Chunk, b: Chunk): boolean {
  return (
    a.tokens.length === b.tokens.length &&
    a.tokens.every(({ text }, i) => text === b.tokens[i]!.text)
  );
}
