// SPDX-License-Identifier: GPL-2.0-only
// What does the profile say about a name that the C calls? Intrinsics and models are declared by C
// prototypes with the tree's own types; what is stubbed is silent by nature.

import { nameLists, withoutAnnotations } from '../text/annotations.ts';
import { tokensOf } from '../text/tokens.ts';
import { type Edge, type Edges, Refusal } from '../translation.ts';
import type { FunctionType } from '../types/types.ts';
import type { Program } from './program.ts';

const PATH = 'kvm-mutants/profile.h';
const LISTS = nameLists();

export class EdgeTable {
  readonly #program: Program;
  readonly #exact = new Map<string, Edge>();
  /** Beginnings of names, longest first. */
  readonly #prefixes: (readonly [string, Edge])[] = [];
  readonly #intrinsics = new Map<string, number>();
  readonly #types = new Map<string, FunctionType>();

  constructor(program: Program, edges: Edges) {
    this.#program = program;
    for (const [name, edge] of Object.entries(edges)) {
      if (name.endsWith('*')) this.#prefixes.push([name.slice(0, -1), edge]);
      else this.#exact.set(name, edge);
    }
    this.#prefixes.sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));
  }

  /** What the profile says of exactly this name. */
  exact(name: string): Edge | undefined {
    return this.#exact.get(name);
  }

  /** What the profile says of names that begin so. */
  byPrefix(name: string): Edge | undefined {
    return this.#prefixes.find(([prefix]) => name.startsWith(prefix))?.[1];
  }

  /** The number of an intrinsic or model in `Machine.i`. */
  index(name: string): number {
    if (this.#program.isComplete && !this.#intrinsics.has(name))
      throw new Refusal(PATH, 1, `${name}() is not among the functions that were translated`);
    const index = this.#intrinsics.get(name) ?? this.#intrinsics.size;
    this.#intrinsics.set(name, index);
    return index;
  }

  names(): string[] {
    return [...this.#intrinsics.keys()];
  }

  /** The type that a prototype declares. Throws a Refusal if it declares another name. */
  type(name: string, prototype: string): FunctionType {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    if (prototype === '') return this.#ofTree(name);
    const text = /;\s*$/.test(prototype) ? prototype : `${prototype};`;
    const { tokens } = withoutAnnotations(tokensOf(PATH, text), LISTS.isBlank);
    if (tokens.length < 2) throw new Refusal(PATH, 1, `the prototype of ${name} is empty`);
    const node = this.#program.unit.parseTokens(PATH, tokens);
    const made = this.#program.declaredFunction(node, name);
    this.#types.set(name, made);
    return made;
  }

  /** An empty prototype stands for that of the function in the tree. */
  #ofTree(name: string): FunctionType {
    const chunk = this.#program.functionChunk(name, '');
    if (chunk === undefined)
      throw new Refusal(PATH, 1, `${name}() is to be as in the tree, which has no such function`);
    // What is in the body does not matter, and may not even parse.
    const body = chunk.tokens.findIndex(({ text }) => text === '{');
    const head = [...chunk.tokens.slice(0, body), { ...chunk.tokens[body]!, text: ';' }];
    const node = this.#program.unit.parseTokens(chunk.file, head);
    const made = this.#program.declaredFunction(node, name);
    this.#types.set(name, made);
    return made;
  }
}
