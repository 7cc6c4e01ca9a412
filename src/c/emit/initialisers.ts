// SPDX-License-Identifier: GPL-2.0-only
// Which parts of an object does an initialiser set? Lists with and without designators become a
// flat list of scalars, bit-fields and whole structs; what is left out is zero. Lists must be
// written with all their braces.

import { within } from '../budgets.ts';
import { type Ast, inner, needed, parts, refuse } from '../text/ast.ts';
import type { BitField } from '../types/layout.ts';
import { type ArrayType, type CType, type RecordType, spelled } from '../types/types.ts';
import { storeAs } from './accesses.ts';
import type { Body } from './body.ts';
import { type Code, inOne, int, js, sequence } from './emit.ts';
import { expression } from './expressions.ts';
import type { Place } from './places.ts';
import type { Program } from './program.ts';

/** One part that an initialiser sets. */
export interface Item {
  readonly type: CType;
  readonly offset: number;
  readonly bits: BitField | null;
  readonly value: Ast;
}

/** The parts that an initialiser sets, in the order of the text. */
export function itemsOf(program: Program, type: CType, value: Ast, offset = 0): Item[] {
  const items: Item[] = [];
  collect(program, { type, offset, bits: null }, value, items);
  return items;
}

type Spot = Omit<Item, 'value'>;

function collect(program: Program, spot: Spot, value: Ast, items: Item[]): void {
  const { type } = spot;
  within('members', items.length, value.file, value.line);
  const isString = value.kind === 'string_literal' || value.kind === 'concatenated_string';
  if (value.kind !== 'initializer_list') {
    if (type.kind === 'array' && !isString) refuse(value, 'an array without braces');
    items.push({ ...spot, value });
  } else if (type.kind === 'array') {
    list(program, value, items, (index) => elementSpot(program, spot, type, index, value));
  } else if (type.kind === 'record') {
    const { members } = program.layouter.layout(type);
    list(
      program,
      value,
      items,
      (index) => {
        const member = members[index];
        if (member === undefined || (type.isUnion && index > 0))
          return refuse(value, `too many values for ${spelled(type)}`);
        return { ...member, offset: spot.offset + member.offset };
      },
      spot,
    );
  } else {
    const [only, ...more] = inner(value);
    if (only === undefined || more.length > 0) refuse(value, `braces around ${spelled(type)}`);
    collect(program, spot, only!, items);
  }
}

function list(
  program: Program,
  value: Ast,
  items: Item[],
  at: (index: number) => Spot,
  record: Spot | null = null,
): void {
  let next = 0;
  for (const child of inner(value)) {
    if (child.kind !== 'initializer_pair') {
      collect(program, at(next++), child, items);
      continue;
    }
    const designators = parts(child, 'designator');
    const [first, ...rest] = designators;
    let spot: Spot;
    if (first?.kind === 'subscript_designator' && record === null) {
      next = constantIndex(program, first);
      spot = at(next++);
    } else if (first?.kind === 'field_designator' && record !== null) {
      spot = memberSpot(program, record, first);
      next = memberAfter(program, record.type as RecordType, first);
    } else {
      refuse(child, 'a designator that does not fit');
    }
    for (const designator of rest) {
      if (designator.kind === 'field_designator') spot = memberSpot(program, spot, designator);
      else if (spot.type.kind === 'array')
        spot = elementSpot(program, spot, spot.type, constantIndex(program, designator), child);
      else refuse(child, 'a designator that does not fit');
    }
    collect(program, spot, needed(child, 'value'), items);
  }
}

function constantIndex(program: Program, designator: Ast): number {
  const node = inner(designator)[0] ?? refuse(designator, 'an empty designator');
  const value = program.declarations.width(node);
  if (value === null || value < BigInt(0) || value > BigInt(1_000_000))
    return refuse(node, 'an index that is not known');
  return Number(value);
}

function elementSpot(
  program: Program,
  outer: Spot,
  type: ArrayType,
  index: number,
  node: Ast,
): Spot {
  if (type.guessed !== undefined) refuse(node, `the length ${type.guessed}`);
  if (type.length !== null && index >= type.length) refuse(node, 'too many values for an array');
  const size = program.size(type.of, node);
  return { type: type.of, offset: outer.offset + index * size, bits: null };
}

function memberSpot(program: Program, outer: Spot, designator: Ast): Spot {
  const name = inner(designator)[0]?.text ?? '';
  const { type } = outer;
  const member = type.kind === 'record' ? program.layouter.member(type, name) : undefined;
  if (member === undefined) return refuse(designator, `${spelled(type)} has no member ${name}`);
  return { type: member.type, offset: outer.offset + member.offset, bits: member.bits };
}

/** The position after a designated member, for values that follow without a designator. */
function memberAfter(program: Program, type: RecordType, designator: Ast): number {
  const name = inner(designator)[0]?.text ?? '';
  return program.layouter.layout(type).members.findIndex((member) => member.name === name) + 1;
}

/** Statements that initialise an object of the frame. */
export function initialised(body: Body, place: Place & { kind: 'memory' }, value: Ast): Code {
  const { program } = body;
  const { type } = place;
  const isList = value.kind === 'initializer_list';
  if (!isList) {
    if (type.kind === 'array') refuse(value, 'a local array that begins with a string');
    return js`${storeAs(body, place, expression(body, value), value, false).code};`;
  }
  const size = program.size(type, value);
  const base = place.base ?? int(0);
  const site = body.site(value, 'plain');
  const codes = [js`m.zero(${site},${base}+${int(place.offset)},${int(size)});`];
  for (const item of itemsOf(program, type, value, place.offset)) {
    const at: Place = { ...place, type: item.type, offset: item.offset, bits: item.bits };
    if (item.type.kind === 'array') refuse(item.value, 'a local array that begins with a string');
    const stored = storeAs(body, at, expression(body, item.value), item.value, false);
    codes.push(js`${stored.code};`);
  }
  return sequence(codes);
}

/** The place of `(type){ ... }`: an object of the frame, set when it is come by. */
export function compoundLiteral(body: Body, node: Ast): Place {
  const { program } = body;
  const type = program.declarations.typeName(needed(node, 'type'), body);
  if (type.kind === 'array') return refuse(node, 'an array as a compound literal');
  const size = program.size(type, node);
  const offset = body.room(size, Math.max(8, program.layouter.align(type)), node);
  const place: Place = { kind: 'memory', type, base: js`p`, offset, bits: null, guess: null };
  const code = initialised(body, place, needed(node, 'value'));
  return { ...place, base: js`(${inOne(code)},p)` };
}
