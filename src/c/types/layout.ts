// SPDX-License-Identifier: GPL-2.0-only
// Where do the members of a struct lie? As the x86-64 ABI places them: unions, anonymous members,
// bit-fields, flexible arrays. A packed struct is refused.

import { BUDGETS, within } from '../budgets.ts';
import { type Ast, inner, parts, refuse } from '../text/ast.ts';
import { isUnnamed } from '../text/rewrite.ts';
import { Refusal } from '../translation.ts';
import type { Declarations } from './declarations.ts';
import {
  type ArrayType,
  type CType,
  GUESSED_LENGTH,
  OPAQUE_BYTES,
  type RecordType,
  spelled,
} from './types.ts';

export interface BitField {
  /** Bits from the least significant one of the unit. */
  readonly shift: number;
  readonly width: number;
}

export interface Member {
  /** null for an anonymous struct or union. */
  readonly name: string | null;
  readonly type: CType;
  /** Bytes from the start; of a bit-field: of its unit, which is as wide as its type. */
  readonly offset: number;
  readonly bits: BitField | null;
}

export interface Layout {
  readonly size: number;
  readonly align: number;
  readonly members: readonly Member[];
  /** The first thing in it whose size is not known; null if its size is that of the kernel. */
  readonly guess: string | null;
}

export class Layouter {
  readonly #declarations: Declarations;
  readonly #done = new Map<RecordType, Layout>();
  readonly #underWay = new Set<RecordType>();

  constructor(declarations: Declarations) {
    this.#declarations = declarations;
  }

  size(type: CType): number {
    if (type.kind === 'int') return type.bits / 8;
    if (type.kind === 'pointer') return 8;
    if (type.kind === 'array') return this.size(type.of) * lengthOf(type);
    if (type.kind === 'record') return this.layout(type).size;
    // GNU C: sizeof(void) and of a function are 1, so that pointers to them can be counted up.
    return type.kind === 'opaque' ? OPAQUE_BYTES : 1;
  }

  align(type: CType): number {
    if (type.kind === 'int') return type.bits / 8;
    if (type.kind === 'array') return this.align(type.of);
    if (type.kind === 'record') return this.layout(type).align;
    return type.kind === 'opaque' || type.kind === 'pointer' ? 8 : 1;
  }

  /** What in a type has no known size; null if all has. */
  guess(type: CType): string | null {
    if (type.kind === 'opaque') return `the type ${type.name} is not known`;
    if (type.kind === 'array') return type.guessed ?? this.guess(type.of);
    return type.kind === 'record' ? this.layout(type).guess : null;
  }

  /** The layout of a struct or union. Throws a Refusal if it cannot be known. */
  layout(type: RecordType): Layout {
    const known = this.#done.get(type);
    if (known !== undefined) return known;
    const { body, file, line, packedLine } = type;
    if (body === null)
      return {
        ...{ size: OPAQUE_BYTES, align: 8, members: [] },
        guess: `the members of ${spelled(type)} are not known`,
      };
    if (packedLine !== null) refuse({ file, line: packedLine }, `${spelled(type)} is packed`);
    if (this.#underWay.has(type)) refuse(type, `${spelled(type)} holds itself`);
    within('nodeDepth', this.#underWay.size, file, line);
    this.#underWay.add(type);
    const placer = new Placer(this, type.isUnion);
    for (const node of body.children) {
      if (node.kind === 'preproc_call' || node.kind === 'static_assert_declaration') continue;
      if (node.kind !== 'field_declaration')
        refuse(node, `a member of the form ${node.kind} is not known`);
      const base = this.#declarations.base(node, null);
      const declarators = parts(node, 'declarator');
      const width = node.children.find(({ kind }) => kind === 'bitfield_clause');
      if (declarators.length === 0) placer.add(null, base);
      for (const [i, declarator] of declarators.entries()) {
        const { name, type: memberType } = this.#declarations.declared(base, declarator, null);
        // Only the one width that follows each declarator belongs to it.
        const clause = widthAfter(node.children, declarators[i]!);
        if (clause === null) placer.add(name, memberType);
        else placer.addBits(name!, memberType, this.#width(clause), clause);
      }
      if (declarators.length === 0 && width !== undefined)
        refuse(node, 'a bit-field without a name');
      within('members', placer.members.length, file, node.line);
    }
    const made = placer.done();
    this.#underWay.delete(type);
    if (made.size > BUDGETS.objectBytes * 64) refuse(type, `${spelled(type)} is too large`);
    this.#done.set(type, made);
    return made;
  }

  #width(clause: Ast): number {
    const value = this.#declarations.width(inner(clause)[0] ?? refuse(clause, 'no width'));
    if (value === null || value < BigInt(0) || value > BigInt(64))
      return refuse(clause, 'the width of a bit-field is not known');
    return Number(value);
  }

  /** A member by its name, looked for in anonymous members too; its offset is from the outside. */
  member(type: RecordType, name: string): Member | undefined {
    for (const member of this.layout(type).members) {
      if (member.name === name) return member;
      if (member.name !== null || member.type.kind !== 'record') continue;
      const inside = this.member(member.type, name);
      if (inside !== undefined) return { ...inside, offset: inside.offset + member.offset };
    }
    return undefined;
  }
}

function lengthOf(type: ArrayType): number {
  return type.length ?? (type.guessed === undefined ? 0 : GUESSED_LENGTH);
}

/** The bit-field clause right after a declarator. */
function widthAfter(children: readonly Ast[], declarator: Ast): Ast | null {
  const next = children[children.indexOf(declarator) + 1];
  return next?.kind === 'bitfield_clause' ? next : null;
}

/** Puts one member after the other, or upon the other in a union. */
class Placer {
  readonly members: Member[] = [];
  readonly #layouter: Layouter;
  readonly #isUnion: boolean;
  #bits = 0;
  #largest = 0;
  #align = 1;
  #guess: string | null = null;

  constructor(layouter: Layouter, isUnion: boolean) {
    this.#layouter = layouter;
    this.#isUnion = isUnion;
  }

  add(name: string | null, type: CType): void {
    if (type.kind === 'function' || type.kind === 'void')
      throw new Refusal('', 0, `a member of the type ${spelled(type)}`);
    // `struct x { struct y { ... }; }` without -fms-extensions declares nothing but is GNU's
    // anonymous member only when it has no tag; enums and tags alone declare no member.
    if (name === null && type.kind !== 'record') return;
    const align = this.#layouter.align(type);
    const offset = up(Math.ceil(this.#bits / 8), align);
    this.members.push({ name, type, offset, bits: null });
    this.#grow(8 * (offset + this.#layouter.size(type)), align);
    this.#guess ??= this.#layouter.guess(type);
  }

  addBits(name: string, type: CType, width: number, node: Ast): void {
    if (type.kind !== 'int' || width > type.bits || (type.isBool && width > 1))
      refuse(node, 'a bit-field wider than its type, or of no integer type');
    const unit = type.bits;
    if (width === 0) {
      this.#bits = up(this.#bits, unit);
      return;
    }
    const crosses = Math.floor(this.#bits / unit) !== Math.floor((this.#bits + width - 1) / unit);
    const at = crosses ? up(this.#bits, unit) : this.#bits;
    const offset = (Math.floor(at / unit) * unit) / 8;
    const isNamed = !isUnnamed(name);
    if (isNamed) this.members.push({ name, type, offset, bits: { shift: at % unit, width } });
    this.#grow(at + width, isNamed ? unit / 8 : 1);
  }

  #grow(endBits: number, align: number): void {
    this.#largest = Math.max(this.#largest, endBits);
    this.#bits = this.#isUnion ? 0 : endBits;
    this.#align = Math.max(this.#align, align);
  }

  done(): Layout {
    const size = up(Math.ceil(Math.max(this.#largest, this.#bits) / 8), this.#align);
    return { size, align: this.#align, members: this.members, guess: this.#guess };
  }
}

function up(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
