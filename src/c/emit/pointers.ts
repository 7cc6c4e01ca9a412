// SPDX-License-Identifier: GPL-2.0-only
// What do operators do with pointers? They count in elements, compare as signed addresses, and
// their difference is a signed number of elements.

import { type Ast, refuse } from '../text/ast.ts';
import {
  type CType,
  LONG,
  type PointerType,
  pointerTo,
  spelled,
  VOID,
  ZERO,
} from '../types/types.ts';
import { comparedAlike, isComparison } from './arithmetic.ts';
import type { Body } from './body.ts';
import { big, int, js } from './emit.ts';
import { offsetCount } from './places.ts';
import { constantOf, isInt, type Value } from './values.ts';

type Pointer = Value & { readonly type: PointerType };

export function isPointer(value: Value): value is Pointer {
  return value.type.kind === 'pointer';
}

/** An operator of which at least one side is a pointer. */
export function pointerBinary(
  body: Body,
  operator: string,
  left: Value,
  right: Value,
  node: Ast,
): Value {
  if (operator === '+' && isPointer(left) && isInt(right)) return moved(body, left, right, 1, node);
  if (operator === '+' && isInt(left) && isPointer(right)) return moved(body, right, left, 1, node);
  if (operator === '-' && isPointer(left) && isInt(right))
    return moved(body, left, right, -1, node);
  if (operator === '-' && isPointer(left) && isPointer(right))
    return difference(body, left, right, node);
  if (isComparison(operator)) {
    const isNull = (value: Value) => isInt(value) && value.constant === ZERO;
    const asPointer = (value: Value) => (isNull(value) ? constantOf(ZERO, pointerTo(VOID)) : value);
    const [a, b] = [asPointer(left), asPointer(right)];
    if (isPointer(a) && isPointer(b)) return comparedAlike(operator, a, b);
  }
  const types = `${spelled(left.type)} and ${spelled(right.type)}`;
  return refuse(node, `the operator ${operator} on ${types}`);
}

/** A pointer some elements further. */
export function moved(body: Body, pointer: Pointer, count: Value, sign: 1 | -1, node: Ast): Value {
  const size = stride(body, pointer.type.to, node);
  if (count.constant !== undefined) {
    const bytes = Number(count.constant) * size * sign;
    if (!Number.isSafeInteger(bytes)) return refuse(node, 'a pointer that is moved too far');
    if (pointer.constant !== undefined)
      return constantOf(pointer.constant + BigInt(bytes), pointer.type);
    return { type: pointer.type, code: js`(${pointer.code}+${int(bytes)})` };
  }
  const by = offsetCount(count, node, () => body.site(node, 'fault'));
  const code =
    size === 1 && sign === 1
      ? js`(${pointer.code}+${by})`
      : js`(${pointer.code}+${by}*${int(sign * size)})`;
  return { type: pointer.type, code };
}

/** How far apart two pointers of one type are, in elements. */
function difference(body: Body, left: Pointer, right: Pointer, node: Ast): Value {
  const size = stride(body, left.type.to, node);
  if (size !== stride(body, right.type.to, node) || size === 0)
    return refuse(node, `the difference of ${spelled(left.type)} and ${spelled(right.type)}`);
  if (left.constant !== undefined && right.constant !== undefined)
    return constantOf((left.constant - right.constant) / BigInt(size), LONG);
  const bytes = js`B(${left.code}-${right.code})`;
  return { type: LONG, code: size === 1 ? bytes : js`(${bytes}/${big(BigInt(size))})` };
}

/** The bytes of an element; GNU C counts void and functions as 1. */
function stride(body: Body, type: CType, node: Ast): number {
  if (type.kind === 'void' || type.kind === 'function') return 1;
  return body.program.size(type, node);
}
