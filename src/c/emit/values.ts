// SPDX-License-Identifier: GPL-2.0-only
// How is a C value held in emitted code, and how is it brought into another type? Integers of up to
// 32 bits are numbers in the range of their type, 64-bit ones bigints, pointers signed numbers.
// Every value is in the range of its type at all times: conversions alone wrap.

import { type Ast, refuse } from '../text/ast.ts';
import {
  BOOL,
  type CType,
  converted,
  INT,
  type IntType,
  ONE,
  type PointerType,
  spelled,
  ZERO,
} from '../types/types.ts';
import { big, type Code, int, js } from './emit.ts';

export interface Value {
  /** int, pointer or void; a record's code is its address. */
  readonly type: CType;
  readonly code: Code;
  /** Its value if it is known at translation. */
  readonly constant?: bigint;
  /** The same as a JavaScript boolean, if that is how it came about. */
  readonly condition?: Code;
}

export type IntValue = Value & { readonly type: IntType };

export function isInt(value: Value): value is IntValue {
  return value.type.kind === 'int';
}

export const isBig = (type: CType) => type.kind === 'int' && type.bits === 64;

/** A value that is known. */
export function constantOf(value: bigint, type: IntType | PointerType): Value {
  const exact = converted(value, type);
  return { type, code: isBig(type) ? big(exact) : int(Number(exact)), constant: exact };
}

/** An int that is 1 if the condition holds. */
export function truth(condition: Code): Value {
  return { type: INT, code: js`(${condition}?1:0)`, condition };
}

/** A value as a JavaScript boolean: not equal to 0. */
export function conditionOf(value: Value, node: Ast): Code {
  if (value.condition !== undefined) return value.condition;
  if (value.constant !== undefined) return value.constant !== ZERO ? js`true` : js`false`;
  if (isBig(value.type)) return js`${value.code}!==0n`;
  if (value.type.kind === 'int' || value.type.kind === 'pointer') return js`${value.code}!==0`;
  return refuse(node, `a value of the type ${spelled(value.type)} as a condition`);
}

/**
 * The value brought into a type by the rules of C. `site` gives a site for a check at run time.
 * Throws a Refusal where C has no conversion, or one that needs a cast and has none.
 */
export function convert(
  value: Value,
  to: CType,
  node: Ast,
  site: () => Code,
  isCast = false,
): Value {
  if (to.kind === 'void') return { type: to, code: value.code };
  const from = value.type;
  if (to.kind === 'int' && (from.kind === 'int' || from.kind === 'pointer')) {
    if (from.kind === 'pointer' && !isCast && !to.isBool)
      refuse(node, `${spelled(from)} becomes ${spelled(to)} without a cast`);
    return toInt(value, to, node);
  }
  if (to.kind === 'pointer' && (from.kind === 'int' || from.kind === 'pointer')) {
    const isNull = value.constant === ZERO;
    if (from.kind === 'int' && !isCast && !isNull)
      refuse(node, `${spelled(from)} becomes ${spelled(to)} without a cast`);
    return toPointer(value, to, node, site);
  }
  if (to.kind === 'record' && from.kind === 'record' && spelled(to) === spelled(from)) return value;
  return refuse(node, `${spelled(from)} cannot become ${spelled(to)}`);
}

function toInt(value: Value, to: IntType, node: Ast): Value {
  const from = value.type;
  if (value.constant !== undefined) return constantOf(value.constant, to);
  if (to.isBool) {
    if (from.kind === 'int' && from.isBool) return value;
    const condition = conditionOf(value, node);
    return { type: to, code: js`(${condition}?1:0)`, condition };
  }
  const { code } = value;
  if (from.kind === 'pointer') {
    if (to.bits === 64)
      return { type: to, code: to.isSigned ? js`B(${code})` : js`U(64,B(${code}))` };
    return { type: to, code: narrowed(js`B(${code})`, to) };
  }
  const source = from as IntType;
  // A truth value stays one whatever integer it becomes.
  const known = value.condition === undefined ? {} : { condition: value.condition };
  if (source.bits === 64) {
    if (to.bits < 64) return { type: to, code: narrowed(code, to) };
    if (source.isSigned === to.isSigned) return { ...value, type: to };
    return { type: to, code: to.isSigned ? js`S(64,${code})` : js`U(64,${code})` };
  }
  if (to.bits === 64) {
    const isWhole = to.isSigned || !source.isSigned || value.condition !== undefined;
    return { type: to, code: isWhole ? js`B(${code})` : js`U(64,B(${code}))`, ...known };
  }
  if (holds(to, source) || value.condition !== undefined) return { type: to, code, ...known };
  return { type: to, code: wrapped32(code, to) };
}

function toPointer(value: Value, to: PointerType, node: Ast, site: () => Code): Value {
  if (value.constant !== undefined) {
    const exact = converted(value.constant, to);
    if (BigInt(Number(exact)) !== exact || !Number.isSafeInteger(Number(exact)))
      refuse(node, `the constant ${exact} is no address here`);
    return constantOf(exact, to);
  }
  if (isBig(value.type)) return { type: to, code: js`h.pt(m,${site()},${value.code})` };
  return { type: to, code: value.code };
}

/** A bigint cut down to a narrow type, as a number. */
function narrowed(code: Code, to: IntType): Code {
  const bits = int(to.bits);
  return to.isSigned ? js`N(S(${bits},${code}))` : js`N(U(${bits},${code}))`;
}

/** A number cut down to a type of at most 32 bits. */
export function wrapped32(code: Code, to: IntType): Code {
  if (to.bits === 32) return to.isSigned ? js`(${code}|0)` : js`(${code}>>>0)`;
  const shift = int(32 - to.bits);
  if (to.isSigned) return js`(${code}<<${shift}>>${shift})`;
  return js`(${code}&${int(2 ** to.bits - 1)})`;
}

/** A bigint cut down to 64 bits. */
export function wrapped64(code: Code, to: IntType): Code {
  return to.isSigned ? js`S(64,${code})` : js`U(64,${code})`;
}

/** True if a type holds all values of another; both narrower than 64 bits. */
function holds(to: IntType, from: IntType): boolean {
  if (from.isBool) return true;
  if (to.isSigned === from.isSigned) return to.bits >= from.bits;
  return to.isSigned && to.bits > from.bits;
}

/** 0 or 1 as C's bool. */
export const boolConstant = (isTrue: boolean) => constantOf(isTrue ? ONE : ZERO, BOOL);
