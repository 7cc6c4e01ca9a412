// SPDX-License-Identifier: GPL-2.0-only
// Which bytes does a variable of a file begin with?

import { within } from '../budgets.ts';
import type { Ast } from '../text/ast.ts';
import { inner, refuse } from '../text/ast.ts';
import { type CType, converted, spelled, VOID } from '../types/types.ts';
import { Body } from './body.ts';
import { expression } from './expressions.ts';
import { type Item, itemsOf } from './initialisers.ts';
import type { Program } from './program.ts';
import { stringBytes } from './strings.ts';

/** An array without a length gets that of its initialiser. */
export function initialisedType(program: Program, type: CType, value: Ast | null): CType {
  if (type.kind !== 'array' || type.length !== null || value === null) return type;
  if (type.guessed !== undefined) return type;
  if (value.kind !== 'initializer_list') {
    const bytes = stringBytes(value);
    return { ...type, length: bytes === null ? 0 : bytes.length + 1 };
  }
  const size = program.size(type.of, value);
  const ends = itemsOf(program, type, value).map(({ offset }) => Math.floor(offset / size) + 1);
  return { ...type, length: Math.max(inner(value).length === 0 ? 0 : 1, ...ends) };
}

/** The bytes of an initialiser of constants. Throws a Refusal for anything else. */
export function constantBytes(program: Program, type: CType, value: Ast): Uint8Array {
  const size = program.size(type, value);
  within('objectBytes', size, value.file, value.line);
  const bytes = new Uint8Array(size);
  const body = new Body(program, '', VOID, new Set());
  for (const item of itemsOf(program, type, value)) put(body, bytes, item);
  return bytes;
}

function put(body: Body, bytes: Uint8Array, { type, offset, bits, value }: Item): void {
  if (type.kind === 'array') {
    const text = stringBytes(value);
    if (text === null || (type.length !== null && text.length > type.length))
      refuse(value, 'an array that begins with no string that fits');
    bytes.set(text, offset);
    return;
  }
  const { constant } = expression(body, value);
  if (constant === undefined) refuse(value, 'this is no constant expression');
  if (type.kind !== 'int' && type.kind !== 'pointer')
    refuse(value, `${spelled(type)} begins with a number`);
  const width = type.kind === 'int' ? type.bits : 64;
  const exact = BigInt.asUintN(width, converted(constant, type));
  const view = new DataView(bytes.buffer, offset);
  if (bits === null) {
    setWord(view, width, exact);
    return;
  }
  const mask = ((BigInt(1) << BigInt(bits.width)) - BigInt(1)) << BigInt(bits.shift);
  const shifted = (exact << BigInt(bits.shift)) & mask;
  setWord(view, width, (wordAt(view, width) & ~mask) | shifted);
}

function wordAt(view: DataView, width: number): bigint {
  if (width === 64) return view.getBigUint64(0, true);
  if (width === 32) return BigInt(view.getUint32(0, true));
  return BigInt(width === 16 ? view.getUint16(0, true) : view.getUint8(0));
}

function setWord(view: DataView, width: number, value: bigint): void {
  if (width === 64) view.setBigUint64(0, value, true);
  else if (width === 32) view.setUint32(0, Number(value), true);
  else if (width === 16) view.setUint16(0, Number(value), true);
  else view.setUint8(0, Number(value));
}
