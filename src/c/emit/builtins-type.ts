// SPDX-License-Identifier: GPL-2.0-only
// container_of() and its like: primitives that are given a type, which stands as sizeof(type) in
// what was parsed, or a member of one.

import { type Ast, inner, needed, part, refuse } from '../text/ast.ts';
import { type CType, INT, pointerTo, S8, spelled, ULONG, ZERO } from '../types/types.ts';
import type { Body } from './body.ts';
import type { Builtin } from './builtins.ts';
import { js } from './emit.ts';
import { expression } from './expressions.ts';
import { addressCode, element, memberOf, most, type Place, placeOf } from './places.ts';
import { isPointer, moved } from './pointers.ts';
import { conditionOf, constantOf, convert, isInt, type Value } from './values.ts';

const CONTAINERS = ['container_of', 'container_of_const', 'list_entry', 'rb_entry', 'hlist_entry'];
const OR_NULL = ['rb_entry_safe', 'hlist_entry_safe'];

export function typeBuiltins(): (readonly [string, Builtin])[] {
  return [
    ...CONTAINERS.map((name) => [name, containerOf] as const),
    ...OR_NULL.map((name) => [name, containerOrNull] as const),
    ['__offsetof', (body, node, args) => at(memberAt(body, node, args[0], args[1]).offset)],
    [
      'offsetofend',
      (body, node, args) => {
        const place = memberAt(body, node, args[0], args[1]);
        return at(place.offset + body.program.size(place.type, node));
      },
    ],
    [
      'sizeof_field',
      (body, node, args) =>
        at(body.program.size(memberAt(body, node, args[0], args[1]).type, node)),
    ],
    ['ARRAY_SIZE', arraySize],
  ];
}

const at = (bytes: number): Value => constantOf(BigInt(bytes), ULONG);

/** The type that an argument names. */
export function typeArgument(body: Body, arg: Ast | undefined, node: Ast): CType {
  if (arg?.kind !== 'sizeof_expression') return refuse(node, 'a type is missing');
  const type = part(arg, 'type');
  if (type !== null) return body.program.declarations.typeName(type, body);
  const value = inner(needed(arg, 'value'))[0]?.source() ?? '';
  return refuse(node, `the type ${value} is not known`);
}

/** A member of a type, as a place in an object that lies at 0. */
function memberIn(
  body: Body,
  node: Ast,
  typeArg: Ast | undefined,
  path: Ast | undefined,
): Place & { kind: 'memory' } {
  const type = typeArgument(body, typeArg, node);
  const origin: Place = { kind: 'memory', type, base: null, offset: 0, bits: null, guess: null };
  const place = walked(body, origin, path ?? refuse(node, 'a member is missing'));
  if (place.kind !== 'memory' || place.bits !== null)
    return refuse(node, 'a member that has no offset');
  if (place.guess !== null) return refuse(node, `this lies at a guess: ${place.guess}`);
  return place;
}

/** The same, whose offset is constant. */
function memberAt(
  body: Body,
  node: Ast,
  typeArg: Ast | undefined,
  path: Ast | undefined,
): Place & { kind: 'memory' } {
  const place = memberIn(body, node, typeArg, path);
  return place.base === null ? place : refuse(node, 'a member that has no constant offset');
}

/** Follows `a.b[1].c` from an object. */
function walked(body: Body, origin: Place, path: Ast): Place {
  if (path.kind === 'identifier') return memberOf(body, origin, path.text, path);
  const argument = part(path, 'argument');
  if (argument === null) return refuse(path, 'a member in a form that is not known');
  const outer = walked(body, origin, argument);
  if (path.kind === 'field_expression' && needed(path, 'operator').kind === '.')
    return memberOf(body, outer, needed(path, 'field').text, path);
  if (path.kind !== 'subscript_expression' || outer.kind !== 'memory')
    return refuse(path, 'a member in a form that is not known');
  const index = expression(body, needed(path, 'index'));
  if (!isInt(index) || outer.type.kind !== 'array')
    return refuse(path, 'an index of what is no array');
  return element(body, outer, outer.type.of, index, most(outer.type, true), path);
}

/** A pointer to the struct around a member, given a pointer to the member. */
function container(body: Body, node: Ast, args: readonly Ast[], pointer: Value): Value {
  const to = pointerTo(typeArgument(body, args[1], node));
  const member = memberIn(body, node, args[1], args[2]);
  const site = () => body.site(node, 'fault');
  const bytes = convert(pointer, pointerTo(S8), node, site);
  if (!isPointer(bytes)) return refuse(node, `${spelled(pointer.type)} is no pointer`);
  if (member.base !== null) return { type: to, code: js`(${bytes.code}-${addressCode(member)})` };
  const back = constantOf(BigInt(-member.offset), { ...ULONG, isSigned: true });
  return { ...moved(body, bytes, back, 1, node), type: to };
}

const containerOf: Builtin = (body, node, args) =>
  container(body, node, args, expression(body, args[0] ?? refuse(node, 'a pointer is missing')));

const containerOrNull: Builtin = (body, node, args) => {
  const pointer = expression(body, args[0] ?? refuse(node, 'a pointer is missing'));
  const kept = body.temporary(INT, node);
  const known: Value = { type: pointer.type, code: kept };
  const found = container(body, node, args, known);
  const test = conditionOf(known, node);
  const none = constantOf(ZERO, pointerTo(S8)).code;
  return { type: found.type, code: js`((${kept}=${pointer.code},${test})?${found.code}:${none})` };
};

const arraySize: Builtin = (body, node, args) => {
  const { type } = body.dry(() => placeOf(body, args[0] ?? refuse(node, 'an array is missing')));
  if (type.kind !== 'array' || type.length === null)
    return refuse(node, `ARRAY_SIZE() of ${spelled(type)}`);
  return at(type.length);
};
