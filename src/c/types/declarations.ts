// SPDX-License-Identifier: GPL-2.0-only
// Which type does a declaration give to which name? Specifiers and declarators of the tree become
// types. A type that no file declares is opaque: it may lie in a struct, and must not be touched.

import { type Ast, found, inner, needed, part, parts, refuse } from '../text/ast.ts';
import type { Chunk } from '../text/chunks.ts';
import { typedefOfTag, typeofOfTag } from '../text/rewrite.ts';
import { chosen, type Unit } from '../text/unit.ts';
import { type Enumerator, Enums } from './enums.ts';
import { specifiedInt } from './specifiers.ts';
import { BOOL, type CType, pointerTo, type RecordType, VOID } from './types.ts';

/** What declarations need to know of expressions: array lengths, enumerators, typeof(). */
export interface Evaluator {
  /** The value of a constant expression; null if it names something that is not known. */
  readonly constant: (node: Ast, scope: Scope | null) => bigint | null;
  readonly typeOf: (node: Ast, scope: Scope | null) => CType;
}

/** The names of the block that a declaration stands in. */
export interface Scope {
  readonly typeOfName: (name: string) => CType | undefined;
}

export interface Declared {
  readonly name: string | null;
  readonly type: CType;
}

export class Declarations {
  readonly #unit: Unit;
  readonly #evaluator: Evaluator;
  readonly #records = new Map<Ast, RecordType>();
  readonly #incomplete = new Map<string, RecordType>();
  readonly #typedefs = new Map<Chunk, CType>();
  readonly #underWay = new Set<Chunk>();
  readonly #enums: Enums;
  #unnamed = 0;

  constructor(unit: Unit, evaluator: Evaluator) {
    this.#unit = unit;
    this.#evaluator = evaluator;
    this.#enums = new Enums(unit, (node) => evaluator.constant(node, null));
  }

  /** The type that a declaration's specifiers name, without its declarators. */
  base(declaration: Ast, scope: Scope | null): CType {
    return this.specifier(needed(declaration, 'type'), scope);
  }

  /** The type that one specifier names. */
  specifier(node: Ast, scope: Scope | null): CType {
    switch (node.kind) {
      case 'primitive_type':
        if (node.text === 'void') return VOID;
        return specifiedInt([node.text]) ?? refuse(node, `the type ${node.text} is not known`);
      case 'sized_type_specifier': {
        const words = node.children.map(({ text }) => text);
        return specifiedInt(words) ?? refuse(node, `the type ${words.join(' ')} is not known`);
      }
      case 'type_identifier':
        return node.text === '_Bool' ? BOOL : { kind: 'opaque', name: node.text };
      case 'struct_specifier':
      case 'union_specifier':
        return this.#recordOrAlias(node, scope);
      case 'enum_specifier':
        return this.#enums.type(node);
    }
    return refuse(node, `a type of the form ${node.kind} is not known`);
  }

  /** A type with the `*`, `[]` and `()` of a declarator around it, and the name inside. */
  declared(base: CType, declarator: Ast | null, scope: Scope | null): Declared {
    if (declarator === null) return { name: null, type: base };
    const within = part(declarator, 'declarator') ?? null;
    switch (declarator.kind) {
      case 'identifier':
      case 'field_identifier':
      case 'primitive_type':
      case 'type_identifier':
        return { name: declarator.text, type: base };
      case 'pointer_declarator':
      case 'abstract_pointer_declarator':
        return this.declared(pointerTo(base), within, scope);
      case 'parenthesized_declarator':
      case 'abstract_parenthesized_declarator':
        return this.declared(base, inner(declarator)[0] ?? null, scope);
      case 'array_declarator':
      case 'abstract_array_declarator':
        return this.declared(this.#arrayOf(base, declarator, scope), within, scope);
      case 'function_declarator':
      case 'abstract_function_declarator':
        return this.declared(this.#functionOf(base, declarator, scope), within, scope);
    }
    return refuse(declarator, `a declarator of the form ${declarator.kind} is not known`);
  }

  /** The type that a type name in brackets means, as in a cast or sizeof. */
  typeName(descriptor: Ast, scope: Scope | null): CType {
    const declarator = part(descriptor, 'declarator');
    return this.declared(this.base(descriptor, scope), declarator, scope).type;
  }

  /** The type of a struct or union by its tag, as a file sees it; undefined without its members. */
  tagged(kind: 'struct' | 'union', tag: string, file: string): RecordType | undefined {
    const chunk = chosen(this.#unit.tags, `${kind} ${tag}`, file, kind);
    const node = chunk === undefined ? null : bodyOf(this.#unit.parse(chunk), kind, tag);
    return chunk === undefined || node === null ? undefined : this.#record(node, chunk);
  }

  /** The type behind a typedef, as a file sees it; undefined if there is none. */
  typedef(name: string, file: string): CType | undefined {
    const chunk = chosen(this.#unit.typedefs, name, file, 'the typedef');
    if (chunk === undefined) return undefined;
    const known = this.#typedefs.get(chunk);
    if (known !== undefined) return known;
    const node = this.#unit.parse(chunk);
    if (node.kind !== 'type_definition') refuse(node, `the typedef ${name} cannot be read`);
    if (this.#underWay.has(chunk)) refuse(node, `the typedef ${name} is made of itself`);
    this.#underWay.add(chunk);
    const base = this.base(node, null);
    const all = parts(node, 'declarator').map((d) => this.declared(base, d, null));
    const type = all.find((declared) => declared.name === name)?.type;
    this.#underWay.delete(chunk);
    if (type === undefined) return refuse(node, `the typedef ${name} cannot be read`);
    this.#typedefs.set(chunk, type);
    return type;
  }

  /** The enumerator of this name, as a file sees it; undefined if there is none. */
  enumerator(name: string, file: string): Enumerator | undefined {
    return this.#enums.enumerator(name, file);
  }

  /** The constant width of a bit-field; null if it is not known. */
  width(node: Ast): bigint | null {
    return this.#evaluator.constant(node, null);
  }

  #recordOrAlias(node: Ast, scope: Scope | null): CType {
    const tag = part(node, 'name')?.text ?? null;
    const kind = node.kind === 'union_specifier' ? 'union' : 'struct';
    if (part(node, 'body') !== null) return this.#record(node, null);
    if (tag === null) return refuse(node, `a ${kind} without a name or members`);
    const typedef = typedefOfTag(tag);
    if (typedef !== null)
      return this.typedef(typedef, node.file) ?? refuse(node, `the type ${typedef} is not known`);
    const index = typeofOfTag(tag);
    if (index !== null) return this.#typeof(node, index, scope);
    const known = this.tagged(kind, tag, node.file);
    if (known !== undefined) return known;
    const key = `${kind} ${tag}`;
    const isUnion = kind === 'union';
    const { file, line } = node;
    const made: RecordType = this.#incomplete.get(key) ?? {
      ...{ kind: 'record', isUnion, name: tag, file, line, body: null, packedLine: null },
    };
    this.#incomplete.set(key, made);
    return made;
  }

  #typeof(node: Ast, index: number, scope: Scope | null): CType {
    const tokens = this.#unit.typeofTokens(index);
    const first = tokens[0] ?? refuse(node, 'an empty typeof');
    const word = (text: string) => ({ ...first, kind: 'name' as const, text, isApart: true });
    const sign = (text: string) => ({ ...word(text), kind: 'punctuation' as const });
    const head = [word('int'), word('x'), sign('='), word('sizeof'), sign('(')];
    const ast = this.#unit.parseTokens(node.file, [...head, ...tokens, sign(')'), sign(';')]);
    const value = found(ast, 'sizeof_expression')[0] ?? refuse(node, 'a typeof that is not known');
    const type = part(value, 'type');
    if (type !== null) return this.typeName(type, scope);
    return this.#evaluator.typeOf(needed(value, 'value'), scope);
  }

  #record(node: Ast, chunk: Chunk | null): RecordType {
    const known = this.#records.get(node);
    if (known !== undefined) return known;
    const tag = part(node, 'name')?.text;
    const home = chunk ?? this.#unit.chunks.find((c) => holds(c, node)) ?? null;
    // Which of several structs an annotation packs is not told apart: those that begin before it.
    const packedLine = home?.packedLines.find((line) => line >= node.line) ?? null;
    const made: RecordType = {
      kind: 'record',
      isUnion: node.kind === 'union_specifier',
      name: tag ?? `(unnamed ${++this.#unnamed})`,
      file: node.file,
      line: node.line,
      body: needed(node, 'body'),
      packedLine,
    };
    this.#records.set(node, made);
    return made;
  }

  #arrayOf(of: CType, declarator: Ast, scope: Scope | null): CType {
    const size = part(declarator, 'size');
    if (size === null) return { kind: 'array', of, length: null };
    const length = this.#evaluator.constant(size, scope);
    if (length === null)
      return { kind: 'array', of, length: null, guessed: `[${size.source()}] is not known` };
    if (length < BigInt(0) || length > BigInt(1) << BigInt(32))
      return refuse(size, `an array of ${length} elements`);
    return { kind: 'array', of, length: Number(length) };
  }

  #functionOf(result: CType, declarator: Ast, scope: Scope | null): CType {
    const list = needed(declarator, 'parameters');
    const types: CType[] = [];
    const names: (string | null)[] = [];
    let isVariadic = false;
    for (const node of list.children) {
      if (node.kind === 'variadic_parameter') {
        isVariadic = true;
        continue;
      }
      if (node.kind !== 'parameter_declaration')
        return refuse(node, 'parameters in a form that is not known');
      const { name, type } = this.declared(this.base(node, scope), part(node, 'declarator'), scope);
      if (type.kind === 'void' && name === null && list.children.length === 1) break;
      types.push(adjusted(type));
      names.push(name);
    }
    return { kind: 'function', parameters: types, names, result, isVariadic };
  }
}

/** Parameters that are arrays or functions are pointers. */
function adjusted(type: CType): CType {
  if (type.kind === 'array') return pointerTo(type.of);
  return type.kind === 'function' ? pointerTo(type) : type;
}

function holds(chunk: Chunk, node: Ast): boolean {
  return chunk.file === node.file && chunk.line <= node.line && node.line <= chunk.lastLine;
}

/** The specifier with the members of a tag. */
function bodyOf(root: Ast, kind: 'struct' | 'union', tag: string): Ast | null {
  const all = found(root, `${kind}_specifier`);
  return (
    all.find((node) => part(node, 'name')?.text === tag && part(node, 'body') !== null) ?? null
  );
}
