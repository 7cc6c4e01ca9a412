// SPDX-License-Identifier: GPL-2.0-only
// What are enums and enumerators? Constants of type int; an enum object is unsigned unless one of
// its enumerators is negative.

import { type Ast, found, needed, part, refuse } from '../text/ast.ts';
import { chosen, type Unit } from '../text/unit.ts';
import { type CType, converted, INT, type IntType, LONG, UINT, ULONG } from './types.ts';

/** An enumerator's value and its type. */
export interface Enumerator {
  readonly value: bigint;
  readonly type: IntType;
}

export class Enums {
  readonly #unit: Unit;
  readonly #constant: (node: Ast) => bigint | null;
  readonly #lists = new Map<Ast, Map<string, Enumerator>>();

  constructor(unit: Unit, constant: (node: Ast) => bigint | null) {
    this.#unit = unit;
    this.#constant = constant;
  }

  /** The enumerator of this name, as a file sees it; undefined if there is none. */
  enumerator(name: string, file: string): Enumerator | undefined {
    const chunk = chosen(this.#unit.enumerators, name, file, 'the enumerator');
    if (chunk === undefined) return undefined;
    for (const list of found(this.#unit.parse(chunk), 'enumerator_list')) {
      const value = this.#valuesOf(list).get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** The type of objects of an enum: opaque if no file that was read has its enumerators. */
  type(node: Ast): CType {
    let list = part(node, 'body');
    const tag = part(node, 'name')?.text ?? null;
    if (list === null && tag !== null) {
      const chunk = chosen(this.#unit.tags, `enum ${tag}`, node.file, 'enum');
      if (chunk === undefined) return { kind: 'opaque', name: `enum ${tag}` };
      const home = found(this.#unit.parse(chunk), 'enum_specifier').find(
        (other) => part(other, 'name')?.text === tag && part(other, 'body') !== null,
      );
      list = home === undefined ? null : part(home, 'body');
    }
    if (list === null) return refuse(node, 'an enum that cannot be read');
    const values = [...this.#valuesOf(list).values()].map(({ value }) => value);
    const isSigned = values.some((value) => value < BigInt(0));
    if (values.every((value) => converted(value, isSigned ? INT : UINT) === value))
      return isSigned ? INT : UINT;
    return isSigned ? LONG : ULONG;
  }

  #valuesOf(list: Ast): Map<string, Enumerator> {
    const known = this.#lists.get(list);
    if (known !== undefined) return known;
    const values = new Map<string, Enumerator>();
    this.#lists.set(list, values);
    let next: bigint | null = BigInt(0);
    for (const node of list.children) {
      if (node.kind !== 'enumerator') refuse(node, 'an enum that cannot be read');
      const given = part(node, 'value');
      if (given !== null) next = this.#constant(given);
      const name = needed(node, 'name');
      if (next === null) return refuse(node, `the value of ${name.text} is not known`);
      const value: bigint = next;
      const type = [INT, UINT, LONG, ULONG].find((t) => converted(value, t) === value) ?? LONG;
      values.set(name.text, { value, type });
      next = value + BigInt(1);
    }
    return values;
  }
}
