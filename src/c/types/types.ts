// SPDX-License-Identifier: GPL-2.0-only
// What C types are there, and what are the rules between them? x86-64: char is signed, long has 64
// bits, as pointers do. `long` and `long long` are one type here: no rule tells them apart by
// value.

import type { Ast } from '../text/ast.ts';
import type { Word } from '../translation.ts';

export interface IntType {
  readonly kind: 'int';
  readonly bits: 8 | 16 | 32 | 64;
  readonly isSigned: boolean;
  readonly isBool?: true;
}
export interface VoidType {
  readonly kind: 'void';
}
export interface PointerType {
  readonly kind: 'pointer';
  readonly to: CType;
}
export interface ArrayType {
  readonly kind: 'array';
  readonly of: CType;
  /** null: a flexible array or one of unknown size. */
  readonly length: number | null;
  /** Why its length is not known although one is written. It then must not be touched. */
  readonly guessed?: string;
}
export interface FunctionType {
  readonly kind: 'function';
  readonly parameters: readonly CType[];
  readonly names: readonly (string | null)[];
  readonly result: CType;
  readonly isVariadic: boolean;
}
/** A struct or union; its members are laid out when they are needed. */
export interface RecordType {
  readonly kind: 'record';
  readonly isUnion: boolean;
  /** The tag, or a made-up name for one without. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** The list of members; null if it stands in no file that was read. */
  readonly body: Ast | null;
  /** Set if it has no padding, which is not known here. */
  readonly packedLine: number | null;
}
/** Something of a type that no file that was read declares: it has an address and nothing else. */
export interface OpaqueType {
  readonly kind: 'opaque';
  readonly name: string;
}
export type CType =
  | IntType
  | VoidType
  | PointerType
  | ArrayType
  | FunctionType
  | RecordType
  | OpaqueType;

const int = (bits: IntType['bits'], isSigned: boolean): IntType => ({
  kind: 'int',
  bits,
  isSigned,
});

export const BOOL: IntType = { kind: 'int', bits: 8, isSigned: false, isBool: true };
export const S8 = int(8, true);
export const U8 = int(8, false);
export const S16 = int(16, true);
export const U16 = int(16, false);
export const INT = int(32, true);
export const UINT = int(32, false);
export const LONG = int(64, true);
export const ULONG = int(64, false);
export const VOID: VoidType = { kind: 'void' };

/** How many bytes an opaque member gets: enough for an address of its own. */
export const OPAQUE_BYTES = 16;
/** How many elements an array of unknown length gets. */
export const GUESSED_LENGTH = 4;

export function pointerTo(to: CType): PointerType {
  return { kind: 'pointer', to };
}

/** Integer promotion: all that an int can hold becomes int. */
export function promoted(type: IntType): IntType {
  return type.bits < 32 ? INT : type;
}

/** The usual arithmetic conversions: the type in which two integers are brought together. */
export function common(a: IntType, b: IntType): IntType {
  const [left, right] = [promoted(a), promoted(b)];
  if (left.bits === right.bits) return left.isSigned ? right : left;
  return left.bits > right.bits ? left : right;
}

/** How values of a scalar type are held; null for what is no scalar. */
export function wordOf(type: CType): Word | null {
  if (type.kind === 'pointer') return 'pointer';
  if (type.kind !== 'int') return null;
  if (type.isBool) return 'bool';
  return `${type.isSigned ? 's' : 'u'}${type.bits}` as Word;
}

/** True if both are one type, member by member. */
export function sameType(a: CType, b: CType): boolean {
  if (a === b) return true;
  if (a.kind === 'int' && b.kind === 'int')
    return a.bits === b.bits && a.isSigned === b.isSigned && a.isBool === b.isBool;
  if (a.kind === 'pointer' && b.kind === 'pointer') return sameType(a.to, b.to);
  if (a.kind === 'array' && b.kind === 'array')
    return sameType(a.of, b.of) && (a.length === b.length || !a.length || !b.length);
  if (a.kind === 'function' && b.kind === 'function') return spelled(a) === spelled(b);
  if (a.kind === 'record' && b.kind === 'record')
    return (
      a.name === b.name && a.isUnion === b.isUnion && (a.body === b.body || !a.body || !b.body)
    );
  return a.kind === b.kind && (a.kind === 'void' || spelled(a) === spelled(b));
}

/** The type as C might spell it, for people and to tell signatures apart. */
export function spelled(type: CType): string {
  switch (type.kind) {
    case 'void':
      return 'void';
    case 'int':
      return wordOf(type)!;
    case 'pointer':
      return type.to.kind === 'function' ? spelled(type.to) : `${spelled(type.to)} *`;
    case 'array':
      return `${spelled(type.of)}[${type.length ?? ''}]`;
    case 'function': {
      const parameters = type.parameters.map(spelled);
      if (type.isVariadic) parameters.push('...');
      return `${spelled(type.result)} (*)(${parameters.join(', ')})`;
    }
    case 'record':
      return `${type.isUnion ? 'union' : 'struct'} ${type.name}`;
    case 'opaque':
      return type.name;
  }
}

/** The value of an integer brought into a type, as C converts it. */
export function converted(value: bigint, type: IntType | PointerType): bigint {
  if (type.kind === 'pointer') return BigInt.asIntN(64, value);
  if (type.isBool) return value === ZERO ? ZERO : ONE;
  return type.isSigned ? BigInt.asIntN(type.bits, value) : BigInt.asUintN(type.bits, value);
}

export const ZERO = BigInt(0);
export const ONE = BigInt(1);
