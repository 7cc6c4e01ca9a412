// SPDX-License-Identifier: GPL-2.0-only
// What is known while one function is translated? Its locals, block by block, its temporaries, and
// the frame in which locals with an address lie.

import { within } from '../budgets.ts';
import { type Ast, refuse } from '../text/ast.ts';
import type { SiteKind } from '../translation.ts';
import type { CType } from '../types/types.ts';
import { type Code, int, js, mangled } from './emit.ts';
import type { Program } from './program.ts';

/** A name of a block. */
export type Local =
  /** A script variable; `isSet`: it has a value from its declaration on. */
  | {
      readonly kind: 'variable';
      readonly type: CType;
      readonly code: Code;
      readonly isSet: boolean;
    }
  /** Bytes at an offset of the frame. */
  | { readonly kind: 'frame'; readonly type: CType; readonly offset: number }
  /** Bytes at an address held in a script variable: a struct that was passed by value. */
  | { readonly kind: 'passed'; readonly type: CType; readonly code: Code }
  /** A static variable, at a fixed address. */
  | { readonly kind: 'static'; readonly type: CType; readonly address: number };

export class Body {
  readonly program: Program;
  readonly name: string;
  readonly result: CType;
  /** Names whose address is taken somewhere in the function. */
  readonly addressed: ReadonlySet<string>;
  /** Script variables to declare, with what they begin as. */
  readonly variables: Code[] = [];
  readonly calls = new Set<string>();
  readonly edges = new Set<string>();
  /** Numbers of the functions that it calls by name. */
  readonly callees = new Set<number>();
  /** True if the function may come to call itself, as far as can be told here. */
  hasIndirectCall = false;
  frameBytes = 0;
  readonly #scopes: Map<string, Local>[] = [new Map()];
  #set: ReadonlySet<Code> = new Set();
  #locals = 0;
  #temporaries = 0;
  #labels = 0;
  #dry = 0;

  constructor(program: Program, name: string, result: CType, addressed: ReadonlySet<string>) {
    this.program = program;
    this.name = name;
    this.result = result;
    this.addressed = addressed;
  }

  find(name: string): Local | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const local = this.#scopes[i]!.get(name);
      if (local !== undefined) return local;
    }
    return undefined;
  }

  typeOfName(name: string): CType | undefined {
    return this.find(name)?.type;
  }

  /** True if a local certainly has a value here. */
  isSet(code: Code): boolean {
    return this.#set.has(code);
  }

  /** Says that a local has a value from here on. */
  setHere(code: Code): void {
    this.#set = new Set([...this.#set, code]);
  }

  /** What certainly has a value here; handed to setIs() where control comes from there. */
  get certain(): ReadonlySet<Code> {
    return this.#set;
  }

  setIs(certain: ReadonlySet<Code>): void {
    this.#set = certain;
  }

  /** Runs what may not be run: what it sets is not certain afterwards. */
  maybe<T>(run: () => T): T {
    const before = this.#set;
    const done = run();
    this.#set = before;
    return done;
  }

  /** Runs with a block's own names. */
  block<T>(run: () => T): T {
    this.#scopes.push(new Map());
    const done = run();
    this.#scopes.pop();
    return done;
  }

  /** Adds a name to the innermost block. */
  add(name: string, local: Local, node: Ast): void {
    const scope = this.#scopes.at(-1)!;
    if (scope.has(name)) refuse(node, `${name} is declared twice in a block`);
    scope.set(name, local);
  }

  newLocal(): Code {
    return mangled('l', this.#locals++);
  }

  newLabel(): Code {
    return mangled('b', this.#labels++);
  }

  /** A script variable for a value that is needed more than once. */
  temporary(type: CType, node: Ast): Code {
    this.#mustRun(node);
    const code = mangled('t', this.#temporaries++);
    if (this.#dry === 0) this.variables.push(js`${code}=${zeroOf(type)}`);
    return code;
  }

  /** Room in the frame; its offset. */
  room(bytes: number, align: number, node: Ast): number {
    this.#mustRun(node);
    const offset = Math.ceil(this.frameBytes / align) * align;
    this.frameBytes = offset + bytes;
    within('objectBytes', this.frameBytes, node.file, node.line);
    return offset;
  }

  /** A new site, as code. */
  site(node: Ast, kind: SiteKind, name = ''): Code {
    if (this.#dry > 0) return int(0);
    this.#mustRun(node);
    return int(this.program.site(node, this.name, kind, name));
  }

  /** Outside functions nothing is run. */
  #mustRun(node: Ast): void {
    if (this.#dry === 0 && this.name === '') refuse(node, 'this is no constant expression');
  }

  /** True while only a type is wanted: nothing is counted or called. */
  get isDry(): boolean {
    return this.#dry > 0;
  }

  /** Runs for the type alone: what is emitted is thrown away. */
  dry<T>(run: () => T): T {
    this.#dry++;
    const { frameBytes, certain } = this;
    try {
      return run();
    } finally {
      this.#dry--;
      this.frameBytes = frameBytes;
      this.#set = certain;
    }
  }
}

/** What a script variable of a type begins as. */
export function zeroOf(type: CType): Code {
  return type.kind === 'int' && type.bits === 64 ? js`0n` : js`0`;
}
