// SPDX-License-Identifier: GPL-2.0-only
// Where do the variables of the files lie, and with what do they begin? Each gets an address when
// it is first named; strings and functions have addresses too.

import { within } from '../budgets.ts';
import { type Address, CONSTANTS_AT, functionAddress, GLOBALS_AT } from '../machine.ts';
import type { Ast } from '../text/ast.ts';
import { part, parts, refuse } from '../text/ast.ts';
import type { Chunk } from '../text/chunks.ts';
import { type Global, type ImagePiece, Refusal } from '../translation.ts';
import { type CType, pointerTo, spelled } from '../types/types.ts';
import { constantBytes, initialisedType } from './images.ts';
import type { Program, Wanted } from './program.ts';
import { constantOf, type Value } from './values.ts';

/** A variable that was named. */
export interface Variable {
  readonly type: CType;
  readonly address: Address;
}

/** An array of unknown length must not be touched: what lies behind it is another variable. */
function sized(type: CType): CType {
  if (type.kind !== 'array' || type.length !== null) return type;
  return { ...type, guessed: type.guessed ?? 'the length of the array is not known' };
}

/** What one declaration says of a variable. */
interface Declaration {
  readonly chunk: Chunk;
  readonly node: Ast;
  readonly type: CType;
  readonly value: Ast | null;
  readonly isExtern: boolean;
}

export class Globals {
  readonly #program: Program;
  readonly #constants: ReadonlySet<string>;
  readonly #variables = new Map<Ast, Variable>();
  readonly #declared = new Map<string, readonly Declaration[]>();
  /** Why a declaration could not be read, by the name it may declare. */
  readonly #unread = new Map<string, Refusal>();
  readonly #strings = new Map<string, Address>();
  readonly #named = new Map<string, Global>();
  /** Functions that something points to. */
  readonly pointedTo = new Set<Wanted>();
  readonly image: ImagePiece[] = [];
  #constantsEnd: Address = CONSTANTS_AT;
  end: Address = GLOBALS_AT;

  constructor(program: Program, constants: ReadonlySet<string>) {
    this.#program = program;
    this.#constants = constants;
  }

  /** All variables that were named. */
  get named(): ReadonlyMap<string, Global> {
    return this.#named;
  }

  has(name: string, file: string): boolean {
    return this.#chosen(name, file) !== undefined;
  }

  /** The variable of this name; undefined if no file declares it. Throws a Refusal. */
  find(name: string, at: Ast): Variable | undefined {
    const chosen = this.#chosen(name, at.file);
    if (chosen === undefined) return undefined;
    const known = this.#variables.get(chosen.node);
    if (known !== undefined) return known;
    if (chosen.isExtern && !this.#constants.has(name))
      refuse(at, `${name} is declared, but no file that was read defines it`);
    const type = sized(initialisedType(this.#program, chosen.type, chosen.value));
    const variable = this.place(type, chosen.node);
    this.#variables.set(chosen.node, variable);
    const { file, line } = chosen.node;
    const size = this.#program.layouter.size(type);
    const isConstant = this.#constants.has(name);
    const { address } = variable;
    const key = this.#named.has(name) ? `${file}:${name}` : name;
    this.#named.set(key, {
      ...{ name, address, size, type: spelled(type), file, line, isConstant },
    });
    if (chosen.value !== null) this.initialise(variable, chosen.value);
    return variable;
  }

  /** Room for a variable. */
  place(type: CType, at: Ast): Variable {
    const size = this.#program.layouter.size(type);
    within('objectBytes', size, at.file, at.line);
    if (this.#program.isComplete) refuse(at, 'a variable that was not translated with the rest');
    const align = Math.max(8, this.#program.layouter.align(type));
    const address = Math.ceil(this.end / align) * align;
    this.end = address + Math.max(size, 8);
    return { type, address };
  }

  /** Puts an initialiser's bytes into the image. */
  initialise({ type, address }: Variable, value: Ast): void {
    const bytes = constantBytes(this.#program, type, value);
    this.image.push({ address, bytes });
  }

  /** The address of a string literal; the bytes end with a 0. */
  string(bytes: readonly number[]): Address {
    const key = Buffer.from(bytes).toString('latin1');
    const known = this.#strings.get(key);
    if (known !== undefined) return known;
    if (this.#program.isComplete)
      throw new Refusal('', 0, 'a string that was not translated with the rest');
    const address = this.#constantsEnd;
    this.#constantsEnd = Math.ceil((address + bytes.length + 1) / 8) * 8;
    if (this.#constantsEnd > GLOBALS_AT) throw new Refusal('', 0, 'too many strings');
    this.#strings.set(key, address);
    this.image.push({ address, bytes: Uint8Array.from([...bytes, 0]) });
    return address;
  }

  /** A pointer to a function with a body; `isDry`: only its type is wanted. */
  functionPointer(chunk: Chunk, isDry: boolean): Value {
    const type = pointerTo(this.#program.functionType(chunk));
    if (isDry) return { ...constantOf(BigInt(functionAddress(0)), type) };
    const wanted = this.#program.want(chunk);
    this.pointedTo.add(wanted);
    return constantOf(BigInt(functionAddress(wanted.index)), type);
  }

  /**
   * The declaration that a name means in a file: one with a value, else any that is no `extern`.
   */
  #chosen(name: string, file: string): Declaration | undefined {
    const all = this.#declarations(name);
    const unread = this.#unread.get(name);
    if (all.length === 0 && unread !== undefined) throw unread;
    const here = all.filter(({ chunk }) => chunk.file === file);
    const own = here.some(({ isExtern }) => !isExtern) ? here : all;
    const defined = own.filter(({ isExtern }) => !isExtern);
    const [first, second] = defined.filter(({ value }) => value !== null);
    if (first !== undefined && second !== undefined)
      return refuse(
        second.node,
        `${name} is also defined in ${first.node.file}:${first.node.line}`,
      );
    return first ?? defined[0] ?? own[0];
  }

  #declarations(name: string): readonly Declaration[] {
    const known = this.#declared.get(name);
    if (known !== undefined) return known;
    const made = (this.#program.unit.names.get(name) ?? []).flatMap((chunk) =>
      this.#declarationIn(chunk, name),
    );
    this.#declared.set(name, made);
    return made;
  }

  /** What a declaration says of a name; nothing if it declares a function. */
  #declarationIn(chunk: Chunk, name: string): Declaration[] {
    const { declarations, unit } = this.#program;
    let node: Ast;
    try {
      node = unit.parse(chunk);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // It matters only if no other declaration says what the name is.
      this.#unread.set(name, error);
      return [];
    }
    if (node.kind !== 'declaration') return [];
    const isExtern = node.children.some(
      (child) => child.kind === 'storage_class_specifier' && child.children[0]?.kind === 'extern',
    );
    for (const declarator of parts(node, 'declarator')) {
      const isInit = declarator.kind === 'init_declarator';
      const inside = isInit ? part(declarator, 'declarator') : declarator;
      const declared = declarations.declared(declarations.base(node, null), inside, null);
      if (declared.name !== name) continue;
      if (declared.type.kind === 'function') return [];
      const value = isInit ? part(declarator, 'value') : null;
      return [{ chunk, node: declarator, type: declared.type, value, isExtern }];
    }
    return [];
  }
}
