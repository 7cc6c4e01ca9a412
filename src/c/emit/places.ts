// SPDX-License-Identifier: GPL-2.0-only
// Where does an expression say that something lies? In a script variable, at an address, or in some
// bits at an address. Whatever has an address is real memory: structs, arrays, and locals that `&`
// is applied to.

import { type Ast, inner, needed, refuse } from '../text/ast.ts';
import type { BitField } from '../types/layout.ts';
import { type CType, pointerTo, spelled, ULONG } from '../types/types.ts';
import { loadAs } from './accesses.ts';
import type { Body } from './body.ts';
import { callOf } from './calls.ts';
import { type Code, int, js } from './emit.ts';
import { expression } from './expressions.ts';
import { compoundLiteral } from './initialisers.ts';
import { constantOf, convert, isInt, type Value } from './values.ts';

/** Something that can be loaded, stored, or has an address. */
export type Place =
  | {
      readonly kind: 'variable';
      readonly type: CType;
      readonly code: Code;
      readonly isSet: boolean;
    }
  | {
      readonly kind: 'memory';
      readonly type: CType;
      /** null: the offset alone is the address. */
      readonly base: Code | null;
      readonly offset: number;
      readonly bits: BitField | null;
      /** Why it must not be touched: its place is a guess. */
      readonly guess: string | null;
    };

const memory = (
  type: CType,
  base: Code | null,
  offset: number,
  guess: string | null = null,
): Place => ({ kind: 'memory', type, base, offset, bits: null, guess });

/** The address as code. Refused for what has none. */
export function addressOf(place: Place, node: Ast): Code {
  if (place.kind === 'variable') return refuse(node, 'this has no address');
  if (place.bits !== null) return refuse(node, 'a bit-field has no address');
  if (place.guess !== null) return refuse(node, `this lies at a guess: ${place.guess}`);
  return addressCode(place);
}

export function addressCode(place: Place & { kind: 'memory' }): Code {
  const { base, offset } = place;
  if (base === null) return int(offset);
  return offset === 0 ? base : js`(${base}+${int(offset)})`;
}

/** A pointer to a place: constant if its address is. */
export function pointerAt(place: Place, node: Ast): Value {
  const type = pointerTo(place.type);
  const code = addressOf(place, node);
  if (place.kind === 'memory' && place.base === null) return constantOf(BigInt(place.offset), type);
  return { type, code };
}

/** The place that a pointer points to. */
export function pointee(pointer: Value, node: Ast): Place {
  if (pointer.type.kind !== 'pointer')
    return refuse(node, `${spelled(pointer.type)} is no pointer`);
  const { to } = pointer.type;
  if (pointer.constant !== undefined) return memory(to, null, Number(pointer.constant));
  return memory(to, pointer.code, 0);
}

const PLACES = new Set([
  'identifier',
  'field_expression',
  'subscript_expression',
  'pointer_expression',
  'parenthesized_expression',
  'compound_literal_expression',
]);

/** True if an expression is one that can name a place. */
export function isPlace(body: Body, node: Ast): boolean {
  if (node.kind === 'parenthesized_expression') {
    const [only, ...more] = inner(node);
    return only !== undefined && more.length === 0 && isPlace(body, only);
  }
  if (node.kind === 'pointer_expression') return needed(node, 'operator').kind === '*';
  if (node.kind === 'identifier')
    return body.find(node.text) !== undefined || isVariable(body, node);
  return PLACES.has(node.kind);
}

function isVariable(body: Body, node: Ast): boolean {
  const { program } = body;
  if (program.declarations.enumerator(node.text, node.file) !== undefined) return false;
  if (program.functionChunk(node.text, node.file) !== undefined) return false;
  return program.globals.has(node.text, node.file);
}

/**
 * The place that an expression names. Throws a Refusal if it names none. `isAddress`: only its
 * address is wanted, which may be that behind the last element of an array.
 */
export function placeOf(body: Body, node: Ast, isAddress = false): Place {
  switch (node.kind) {
    case 'parenthesized_expression':
      return placeOf(body, inner(node)[0] ?? refuse(node, 'empty brackets'), isAddress);
    case 'identifier':
      return named(body, node);
    case 'field_expression':
      return field(body, node);
    case 'subscript_expression':
      return subscript(body, node, isAddress);
    case 'pointer_expression':
      if (needed(node, 'operator').kind === '*')
        return pointee(expression(body, needed(node, 'argument')), node);
      break;
    case 'compound_literal_expression':
      return compoundLiteral(body, node);
    case 'call_expression': {
      const value = callOf(body, node);
      if (value.type.kind === 'record') return memory(value.type, value.code, 0);
      break;
    }
    case 'conditional_expression':
    case 'assignment_expression': {
      const value = expression(body, node);
      if (value.type.kind === 'record') return memory(value.type, value.code, 0);
    }
  }
  return refuse(node, `'${node.source().slice(0, 60)}' is nothing that could be stored to`);
}

function named(body: Body, node: Ast): Place {
  const name = node.text;
  const local = body.find(name);
  if (local === undefined) {
    const global = body.program.globals.find(name, node);
    if (global === undefined) return refuse(node, `${name} is not known`);
    return memory(global.type, null, global.address, opaque(global.type));
  }
  const { type } = local;
  if (local.kind === 'frame') return memory(type, js`p`, local.offset);
  if (local.kind === 'static') return memory(type, null, local.address);
  if (local.kind === 'passed') return memory(type, local.code, 0);
  const isSet = local.isSet || body.isSet(local.code);
  return { kind: 'variable', type, code: local.code, isSet };
}

function field(body: Body, node: Ast): Place {
  const argument = needed(node, 'argument');
  const outer =
    needed(node, 'operator').kind === '->'
      ? pointee(expression(body, argument), node)
      : placeOf(body, argument);
  return memberOf(body, outer, needed(node, 'field').text, node);
}

/** A member of a struct that lies somewhere. */
export function memberOf(body: Body, outer: Place, name: string, node: Ast): Place {
  const { type } = outer;
  if (outer.kind !== 'memory' || type.kind !== 'record')
    return refuse(node, `${spelled(type)} has no member ${name}`);
  if (type.body === null)
    return refuse(node, `${spelled(type)} has members that no file which was read declares`);
  const member = body.program.layouter.member(type, name);
  if (member === undefined) return refuse(node, `${spelled(type)} has no member ${name}`);
  const guess = outer.guess ?? opaque(member.type);
  const offset = outer.offset + member.offset;
  return { ...outer, type: member.type, offset, bits: member.bits, guess };
}

/** An array whose length is a guess must not be touched: its elements may lie elsewhere. */
function opaque(type: CType): string | null {
  return type.kind === 'array' ? (type.guessed ?? null) : null;
}

function subscript(body: Body, node: Ast, isAddress: boolean): Place {
  const argument = needed(node, 'argument');
  const isArray = isPlace(body, argument);
  const place = isArray ? placeOf(body, argument) : null;
  const index = expression(body, needed(node, 'index'));
  if (!isInt(index)) return refuse(node, 'an index that is no integer');
  if (place !== null && place.type.kind === 'array' && place.kind === 'memory')
    return element(body, place, place.type.of, index, most(place.type, isAddress), node);
  const pointer =
    place === null ? expression(body, argument) : loadAs(body, place, argument, 'plain', '');
  if (pointer.type.kind !== 'pointer')
    return refuse(node, `${spelled(pointer.type)} cannot be indexed`);
  const at = pointee(pointer, node);
  return element(body, at as Place & { kind: 'memory' }, pointer.type.to, index, null, node);
}

/** The largest index that may be; null for an array of 0 or 1, which may be an old flexible one. */
export function most(type: CType & { kind: 'array' }, isAddress: boolean): number | null {
  return type.length !== null && type.length > 1 ? type.length - (isAddress ? 0 : 1) : null;
}

/** An element of an array that begins at a place. */
export function element(
  body: Body,
  place: Place & { kind: 'memory' },
  of: CType,
  index: Value,
  most: number | null,
  node: Ast,
): Place {
  const size = body.program.size(of, node);
  const { constant } = index;
  if (constant !== undefined) {
    if (most !== null && (constant < BigInt(0) || constant > BigInt(most)))
      return refuse(node, `the index ${constant} is outside an array`);
    const offset = place.offset + Number(constant) * size;
    if (!Number.isSafeInteger(offset)) return refuse(node, `the index ${constant} is too large`);
    return { ...place, type: of, offset };
  }
  const site = () => body.site(node, 'fault');
  const count =
    most === null
      ? offsetCount(index, node, site)
      : js`h.ix(m,${site()},${index.code},${int(most)})`;
  const base = js`(${place.base ?? int(0)}+${count}*${int(size)})`;
  return { ...place, type: of, base, offset: place.offset };
}

/** An integer as a number to count addresses with. */
export function offsetCount(index: Value, node: Ast, site: () => Code): Code {
  if (index.constant !== undefined) return int(Number(index.constant));
  if (index.type.kind === 'int' && index.type.bits === 64)
    return js`N(${convert(index, { ...ULONG, isSigned: true }, node, site).code})`;
  return index.code;
}
