// SPDX-License-Identifier: GPL-2.0-only
// What can a field of a struct be? An integer of a declared width, a pointer, an embedded struct
// or an embedded array.

import { PortError } from '#explorer/run';
import type { Value, World } from '#explorer/world';
import type { Fields, Memory, StructType } from './struct.ts';

export interface ScalarType<T> {
  readonly kind: 'scalar';
  readonly zero: T & Value;
  readonly apart: boolean;
  /** Brings a value to the width of the field; throws on a value of another kind. */
  readonly convert: (value: T) => T;
  readonly show: (value: Value) => string;
  /** Takes the place of `show` where the text depends on the parameters of the world. */
  readonly showIn?: (world: World) => (value: Value) => string;
  /** Called after a load, to judge whether the thread may read this field now. */
  readonly guard: ((memory: Memory, offset: number) => void) | null;
  /** Called after a store, to judge whether the thread may write this field now. */
  readonly storeGuard?: (memory: Memory, offset: number) => void;
  /** A copy of the whole struct moves the field without looking at it. */
  readonly unseen?: boolean;
}

export interface Array_<E extends Field> {
  readonly kind: 'array';
  readonly length: number | ((world: World) => number);
  readonly element: E;
}

// biome-ignore lint/suspicious/noExplicitAny: a field of any value type
export type Field = ScalarType<any> | StructType<any> | Array_<any>;

export const isScalar = (field: Field): field is ScalarType<unknown> => field.kind === 'scalar';
export const isStruct = (field: Field): field is StructType<Fields> => field.kind === 'struct';
export const isArray = (field: Field): field is Array_<Field> => field.kind === 'array';

function integer(bits: number, signed: boolean): ScalarType<number> {
  const name = `${signed ? 's' : 'u'}${bits}`;
  return {
    kind: 'scalar',
    zero: 0,
    apart: false,
    guard: null,
    convert: (value) => {
      if (typeof value === 'boolean') return Number(value);
      if (typeof value !== 'number')
        throw new TypeError(`a ${typeof value} is stored in a ${name} field`);
      if (bits === 32) return signed ? value | 0 : value >>> 0;
      return signed ? (value << (32 - bits)) >> (32 - bits) : value & ((1 << bits) - 1);
    },
    show: (value) => String(value),
  };
}

function wide(name: string): ScalarType<bigint> {
  return {
    kind: 'scalar',
    zero: 0n,
    apart: false,
    guard: null,
    convert: (value) => {
      if (typeof value !== 'bigint')
        throw new TypeError(`a ${typeof value} is stored in a ${name} field`);
      return BigInt.asUintN(64, value);
    },
    show: (value) => showWide(value as bigint),
  };
}

/** Small numbers in decimal, numbers just below 2^64 as negative, the rest in hexadecimal. */
export function showWide(value: bigint): string {
  if (value < 1024n) return value.toString();
  if (value > 0xffff_ffff_ffff_f000n) return (value - (1n << 64n)).toString();
  return `0x${value.toString(16)}`;
}

export const u8 = integer(8, false);
export const u16 = integer(16, false);
export const u32 = integer(32, false);
export const s16 = integer(16, true);
export const s32 = integer(32, true);
/** C's int. */
export const int = s32;
/** 64 bits; a bigint in the port. */
export const u64 = wide('u64');
/** unsigned long of a 64-bit host: 64 bits. */
export const ulong = wide('unsigned long');

/**
 * A pointer to a whole object. `type` is only called at run time, so that structs may be cyclic.
 */
export function pointer<F extends Fields>(
  _type: () => StructType<F>,
  guard: ScalarType<unknown>['guard'] = null,
): ScalarType<import('./struct.ts').View<F> | null> {
  return {
    kind: 'scalar',
    zero: null,
    apart: true,
    guard,
    convert: (value) => {
      if (value === undefined || (value !== null && typeof value !== 'object')) {
        throw new PortError(`a ${typeof value} is stored in a pointer field`);
      }
      return value;
    },
    show: (value) => (value === null ? 'NULL' : String(value)),
  };
}

/** The field has a memory cell of its own, because it changes while others read the rest. */
export function apart<T>(type: ScalarType<T>): ScalarType<T> {
  return { ...type, apart: true };
}

/** The field shares a memory cell with its neighbours: it changes with the whole of its struct. */
export function together<T>(type: ScalarType<T>): ScalarType<T> {
  return { ...type, apart: false };
}

/**
 * A field that others change at any time, and that a copy of its struct carries along: who copies
 * it learns nothing of its value. For fields that are apart.
 */
export function unseen<T>(type: ScalarType<T>): ScalarType<T> {
  return { ...type, unseen: true };
}

/** The same type, printed in another way. */
export function shownAs<T>(type: ScalarType<T>, show: (value: Value) => string): ScalarType<T> {
  return { ...type, show };
}

/** The same type, printed in a way that depends on the parameters of the world. */
export function shownIn<T>(
  type: ScalarType<T>,
  showIn: (world: World) => (value: Value) => string,
): ScalarType<T> {
  return { ...type, showIn };
}

export function array<E extends Field>(
  length: number | ((world: World) => number),
  element: E,
): Array_<E> {
  return { kind: 'array', length, element };
}
