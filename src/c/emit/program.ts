// SPDX-License-Identifier: GPL-2.0-only
// What do all functions of one translation share? Numbers of functions, sites, signatures and
// intrinsics, the variables of the files, and what was met at the edge.

import { within } from '../budgets.ts';
import { type Ast, refuse } from '../text/ast.ts';
import type { Chunk } from '../text/chunks.ts';
import { readable } from '../text/rewrite.ts';
import { chosen, type Unit } from '../text/unit.ts';
import type { MetEdge, Request, Site, SiteKind } from '../translation.ts';
import { constantValue, typeOfExpression } from '../types/constants.ts';
import { Declarations, type Scope } from '../types/declarations.ts';
import { Layouter } from '../types/layout.ts';
import { type CType, type FunctionType, spelled } from '../types/types.ts';
import { EdgeTable } from './edges.ts';
import { Globals } from './globals.ts';

/** A function that is to be translated, or was. */
export interface Wanted {
  readonly index: number;
  readonly chunk: Chunk;
  readonly name: string;
  /** The function that called it first; null for an entry. */
  readonly by: Wanted | null;
}

export class Program {
  readonly unit: Unit;
  readonly declarations: Declarations;
  readonly layouter: Layouter;
  readonly edges: EdgeTable;
  readonly globals: Globals;
  readonly sites: Site[];
  readonly notes = new Set<string>();
  /** True once all is translated: from then on nothing may be added that was not met. */
  isComplete = false;
  /** Every statement tells the machine that it is reached. */
  readonly tellsReached: boolean;
  readonly #wanted = new Map<Chunk, Wanted>();
  readonly #queue: Wanted[] = [];
  readonly #signatures = new Map<string, number>();
  readonly #met = new Map<string, { kind: MetEdge['kind']; sites: number }>();
  readonly #types = new Map<Chunk, FunctionType>();

  constructor(unit: Unit, { edges, constants, tellsReached }: Omit<Request, 'entries'>) {
    this.unit = unit;
    this.sites = [];
    this.tellsReached = tellsReached === true;
    this.declarations = new Declarations(unit, {
      constant: (node, scope) => constantValue(this, node, scope),
      typeOf: (node, scope) => typeOfExpression(this, node, scope),
    });
    this.layouter = new Layouter(this.declarations);
    this.edges = new EdgeTable(this, edges);
    this.globals = new Globals(this, new Set(constants));
  }

  /** The function with a body that a name means in a file; undefined if there is none. */
  functionChunk(name: string, file: string): Chunk | undefined {
    return chosen(this.unit.functions, name, file, 'the function');
  }

  /** The function that is being translated. */
  current: Wanted | null = null;

  /** The number of a function, which is translated if it was not yet. */
  want(chunk: Chunk): Wanted {
    const known = this.#wanted.get(chunk);
    if (known !== undefined) return known;
    if (this.isComplete)
      refuse(chunk, `${chunk.name}() is not among the functions that were translated`);
    const made = { index: this.#wanted.size, chunk, name: chunk.name!, by: this.current };
    within('functions', this.#wanted.size, chunk.file, chunk.line);
    this.#wanted.set(chunk, made);
    this.#queue.push(made);
    return made;
  }

  /** The next function that was wanted and is not translated. */
  next(): Wanted | undefined {
    return this.#queue.shift();
  }

  /** The type of a function with a body. */
  functionType(chunk: Chunk): FunctionType {
    const known = this.#types.get(chunk);
    if (known !== undefined) return known;
    const node = this.unit.parse(chunk);
    if (node.kind !== 'function_definition') refuse(node, `${chunk.name} is no function`);
    const made = this.declaredFunction(node, chunk.name!);
    this.#types.set(chunk, made);
    return made;
  }

  /** The function type that a definition or prototype declares. */
  declaredFunction(node: Ast, name: string): FunctionType {
    const base = this.declarations.base(node, null);
    const declarator = node.children.find(({ field }) => field === 'declarator') ?? null;
    const declared = this.declarations.declared(base, declarator, null);
    if (declared.name !== name || declared.type.kind !== 'function')
      return refuse(node, `${name} is not declared as a function`);
    return declared.type;
  }

  signature(type: FunctionType): number {
    const key = spelled(type);
    const index = this.#signatures.get(key) ?? this.#signatures.size;
    this.#signatures.set(key, index);
    return index;
  }

  site(node: Ast, inFunction: string, kind: SiteKind, name: string): number {
    const text = readable(node.source());
    this.sites.push({
      file: node.file,
      line: node.line,
      function: inFunction,
      text: text.length > 80 ? `${text.slice(0, 77)}...` : text,
      kind,
      name,
    });
    within('sites', this.sites.length, node.file, node.line);
    return this.sites.length - 1;
  }

  /** Notes a use of an edge. */
  meet(name: string, kind: MetEdge['kind']): void {
    const known = this.#met.get(name);
    if (known === undefined) this.#met.set(name, { kind, sites: 1 });
    else known.sites++;
  }

  met(): MetEdge[] {
    return [...this.#met]
      .map(([name, { kind, sites }]) => ({ name, kind, sites }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Bytes of a type; a note if they are not those of the kernel. */
  size(type: CType, node: Ast): number {
    if (type.kind === 'opaque' || type.kind === 'function')
      refuse(node, `the size of ${spelled(type)} is not known`);
    if (type.kind === 'record' && type.body === null)
      refuse(node, `the size of ${spelled(type)} is not known: no file declares its members`);
    const guess = this.layouter.guess(type);
    if (guess !== null) this.notes.add(`the size of ${spelled(type)} is not that of the kernel`);
    return this.layouter.size(type);
  }
}

export type { Scope };
