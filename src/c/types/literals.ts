// SPDX-License-Identifier: GPL-2.0-only
// What do the literals of C mean? They are read into values; their text never reaches emitted code.

import { type Ast, refuse } from '../text/ast.ts';
import { INT, type IntType, LONG, UINT, ULONG } from './types.ts';

export interface Literal {
  readonly value: bigint;
  readonly type: IntType;
}

const FORM = /^(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0([0-7]*)|([1-9][0-9]*))([uUlL]*)$/;
const SUFFIXES = new Set(['', 'u', 'l', 'ul', 'lu', 'll', 'ull', 'llu']);

/**
 * The value and type of an integer literal: the first of int, unsigned, long, unsigned long that
 * holds it, where a decimal one without `u` is never unsigned.
 */
export function integerLiteral(node: Ast): Literal {
  const found = FORM.exec(node.text);
  const written = found?.[5] ?? '';
  const suffix = written.toLowerCase();
  if (found === null || !SUFFIXES.has(suffix) || /lL|Ll/.test(written))
    return refuse(node, `the number ${node.text} has a form that is not known`);
  const [, hex, binary, octal, decimal] = found;
  const digits =
    hex !== undefined
      ? `0x${hex}`
      : binary !== undefined
        ? `0b${binary}`
        : octal !== undefined
          ? `0o${octal === '' ? '0' : octal}`
          : decimal!;
  if (digits.length > 80) return refuse(node, 'a number does not fit into 64 bits');
  const value = BigInt(digits);
  const isUnsigned = suffix.includes('u');
  const isLong = suffix.includes('l');
  const types = isUnsigned
    ? [UINT, ULONG]
    : decimal === undefined
      ? [INT, UINT, LONG, ULONG]
      : [INT, LONG];
  const type = types.find(
    (candidate) => fits(value, candidate) && !(isLong && candidate.bits < 64),
  );
  if (type === undefined) return refuse(node, `the number ${node.text} fits into no type`);
  return { value, type };
}

function fits(value: bigint, { bits, isSigned }: IntType): boolean {
  return value < BigInt(1) << BigInt(isSigned ? bits - 1 : bits);
}

const ESCAPES = new Map([
  ['n', 10],
  ['t', 9],
  ['r', 13],
  ['0', 0],
  ['\\', 92],
  ["'", 39],
  ['"', 34],
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['v', 11],
  ['e', 27],
  ['?', 63],
]);

/** The bytes between the quotes of a string or character. */
export function bytesOf(node: Ast, quoted: string): number[] {
  const bytes: number[] = [];
  const body = quoted.slice(1, -1);
  const pattern = /\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)|[^\\]/gsu;
  for (const [whole, escaped] of body.matchAll(pattern)) {
    if (escaped === undefined) {
      const code = whole.codePointAt(0)!;
      if (code > 255) refuse(node, 'a string has a character outside Latin-1');
      bytes.push(code);
      continue;
    }
    const value = escaped.startsWith('x')
      ? Number.parseInt(escaped.slice(1), 16)
      : /^[0-7]/.test(escaped)
        ? Number.parseInt(escaped, 8)
        : ESCAPES.get(escaped);
    if (value === undefined || value > 255)
      refuse(node, 'a string has an escape that is not known');
    bytes.push(value as number);
  }
  return bytes;
}

/** The value of a character literal: an int; char is signed. */
export function characterLiteral(node: Ast): Literal {
  const text = node.children.map((child) => child.text).join('');
  const bytes = text.startsWith("'") ? bytesOf(node, text) : [];
  if (bytes.length !== 1) return refuse(node, `the character ${text} has a form that is not known`);
  return { value: BigInt.asIntN(8, BigInt(bytes[0]!)), type: INT };
}
