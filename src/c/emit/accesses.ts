// SPDX-License-Identifier: GPL-2.0-only
// How is a place loaded and stored? One access of its width; a bit-field is loaded as its unit, and
// stored by a load and a store of its unit; a struct is copied piece by piece.

import { type Ast, refuse } from '../text/ast.ts';
import type { SiteKind } from '../translation.ts';
import { INT, type IntType, pointerTo, spelled, UINT, wordOf } from '../types/types.ts';
import type { Body } from './body.ts';
import { big, type Code, int, js, LOAD, STORE } from './emit.ts';
import { addressCode, addressOf, type Place, pointerAt } from './places.ts';
import { convert, type Value } from './values.ts';

type Memory = Place & { kind: 'memory' };

/** A load of a kind of its own, such as READ_ONCE(). */
export function loadAs(body: Body, place: Place, node: Ast, kind: SiteKind, name: string): Value {
  const { type } = place;
  if (place.kind === 'variable') {
    if (place.isSet) return { type, code: place.code };
    return { type, code: js`h.un(m,${body.site(node, 'fault')},${place.code})` };
  }
  if (type.kind === 'array') return { ...pointerAt(place, node), type: pointerTo(type.of) };
  if (type.kind === 'function') return pointerAt(place, node);
  mayTouch(place, node);
  if (type.kind === 'record') return { type, code: addressOf(place, node) };
  if (place.bits !== null) return bitsOf(body, place, node, kind, name);
  const word = wordOf(type)!;
  return { type, code: js`${LOAD[word]}(${body.site(node, kind, name)},${addressCode(place)})` };
}

/** Refuses what has no known type or place. */
function mayTouch(place: Memory, node: Ast): void {
  const { type, guess } = place;
  if (guess !== null) refuse(node, `this lies at a guess: ${guess}`);
  if (type.kind === 'opaque') refuse(node, `the type ${type.name} is not known`);
  if (type.kind === 'void' || (type.kind === 'record' && type.body === null))
    refuse(node, `${spelled(type)} cannot be loaded or stored`);
}

/** The unit that a bit-field lies in: as wide as its type, without a sign. */
const unitOf = (type: IntType): IntType => ({ kind: 'int', bits: type.bits, isSigned: false });

/** The type that the value of a bit-field has: int where an int holds all of it. */
function fieldType(place: Memory, node: Ast): IntType {
  const type = place.type as IntType;
  const { width } = place.bits!;
  if (type.isBool || width < 32 || (width === 32 && type.isSigned)) return INT;
  if (width === 32) return UINT;
  // Compilers differ: in gcc the value has a type of exactly that many bits.
  if (width < 64) return refuse(node, `a bit-field ${width} bits wide`);
  return type;
}

function bitsOf(body: Body, place: Memory, node: Ast, kind: SiteKind, name: string): Value {
  const to = fieldType(place, node);
  const unit = unitOf(place.type as IntType);
  const site = body.site(node, kind, name);
  const loaded = js`${LOAD[wordOf(unit)!]}(${site},${addressCode(place)})`;
  return { type: to, code: extracted(loaded, place, to) };
}

/** The field's value out of its unit. */
function extracted(unit: Code, place: Memory, to: IntType): Code {
  const { shift, width } = place.bits!;
  const type = place.type as IntType;
  const { isSigned } = type;
  if (type.bits === 64) {
    const moved = js`(${unit}>>${big(BigInt(shift))})`;
    const field = isSigned ? js`S(${int(width)},${moved})` : js`U(${int(width)},${moved})`;
    return to.bits === 64 ? field : js`N(${field})`;
  }
  if (isSigned) return js`(${unit}<<${int(32 - shift - width)}>>${int(32 - width)})`;
  if (width === 32) return unit;
  return js`((${unit}>>>${int(shift)})&${int(2 ** width - 1)})`;
}

/**
 * Stores a value that has any type that converts to that of the place. The result is the value that
 * the place then has, if `isUsed`.
 */
export function storeAs(
  body: Body,
  place: Place,
  given: Value,
  node: Ast,
  isUsed: boolean,
  kind: SiteKind = 'plain',
  name = '',
): Value {
  const { type } = place;
  const check = () => body.site(node, 'fault');
  if (place.kind === 'variable') {
    const value = convert(given, type, node, check);
    body.setHere(place.code);
    return { type, code: js`(${place.code}=${value.code})` };
  }
  mayTouch(place, node);
  if (type.kind === 'array' || type.kind === 'function')
    return refuse(node, `${spelled(type)} cannot be assigned`);
  const value = convert(given, type, node, check);
  if (type.kind === 'record') return copied(body, place, value, node);
  if (place.bits !== null) return bitsStored(body, place, value, node, isUsed, kind, name);
  const word = wordOf(type)!;
  const site = body.site(node, kind, name);
  const address = addressCode(place);
  if (!isUsed || value.constant !== undefined) {
    const stored = js`${STORE[word]}(${site},${address},${value.code})`;
    return isUsed
      ? { type, code: js`(${stored},${value.code})` }
      : { type: { kind: 'void' }, code: stored };
  }
  // The address first, then the value, as everywhere: C leaves it open.
  const [at, kept] = [body.temporary(INT, node), body.temporary(type, node)];
  const stored = js`${STORE[word]}(${site},${at},${kept})`;
  return { type, code: js`(${at}=${address},${kept}=${value.code},${stored},${kept})` };
}

function copied(body: Body, place: Memory, value: Value, node: Ast): Value {
  const size = body.program.size(place.type, node);
  const to = addressOf(place, node);
  const at = body.temporary(INT, node);
  const site = body.site(node, 'plain');
  const code = js`(${at}=${to},m.copy(${site},${at},${value.code},${int(size)}),${at})`;
  return { type: place.type, code };
}

function bitsStored(
  body: Body,
  place: Memory,
  value: Value,
  node: Ast,
  isUsed: boolean,
  kind: SiteKind,
  name: string,
): Value {
  const { shift, width } = place.bits!;
  const to = fieldType(place, node);
  const type = place.type as IntType;
  const unit = unitOf(type);
  const word = wordOf(unit)!;
  const [at, kept] = [body.temporary(INT, node), body.temporary(unit, node)];
  const whole = convert(value, unit, node, () => body.site(node, 'fault')).code;
  const mask = (BigInt(1) << BigInt(width)) - BigInt(1);
  const rest = BigInt.asUintN(type.bits, ~(mask << BigInt(shift)));
  const loaded = js`${LOAD[word]}(${body.site(node, kind, name)},${at})`;
  const site = body.site(node, kind, name);
  // The value is found before the unit is loaded: it may itself load the unit.
  const merged =
    type.bits === 64
      ? js`(${loaded}&${big(rest)})|((${kept}&${big(mask)})<<${big(BigInt(shift))})`
      : js`((${loaded}&${signed32(rest)})|((${kept}&${signed32(mask)})<<${int(shift)}))>>>0`;
  const store = js`${STORE[word]}(${site},${at},${kept}=${merged})`;
  const result = isUsed ? extracted(kept, place, to) : js`0`;
  return { type: to, code: js`(${at}=${addressCode(place)},${kept}=${whole},${store},${result})` };
}

/** A 32-bit mask as the number that JavaScript's & takes it for. */
function signed32(mask: bigint): Code {
  return int(Number(BigInt.asIntN(32, mask)));
}
