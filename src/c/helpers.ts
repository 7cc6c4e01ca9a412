// SPDX-License-Identifier: GPL-2.0-only
// What does emitted code call for arithmetic that JavaScript has not? Division that reports a zero,
// counts of shifts, indices and pointers that are checked.

import type { FaultId, Machine } from './machine.ts';

const DIVISION: FaultId = 0;
const SHIFT: FaultId = 1;
const INDEX: FaultId = 2;
const POINTER: FaultId = 3;
const UNSET: FaultId = 4;

const ZERO = BigInt(0);

/** The object that emitted code knows as `h`. */
export const helpers = {
  /** Quotient of 32-bit integers, rounded to zero; wraps as `idiv` would not: INT_MIN / -1. */
  ds(m: Machine, site: number, a: number, b: number): number {
    if (b === 0) m.fault(site, DIVISION);
    return (a / b) | 0;
  },
  du(m: Machine, site: number, a: number, b: number): number {
    if (b === 0) m.fault(site, DIVISION);
    return (a / b) >>> 0;
  },
  rs(m: Machine, site: number, a: number, b: number): number {
    if (b === 0) m.fault(site, DIVISION);
    return (a % b) | 0;
  },
  ru(m: Machine, site: number, a: number, b: number): number {
    if (b === 0) m.fault(site, DIVISION);
    return (a % b) >>> 0;
  },
  /** Quotient and remainder of 64-bit integers; the caller wraps. */
  db(m: Machine, site: number, a: bigint, b: bigint): bigint {
    if (b === ZERO) m.fault(site, DIVISION);
    return a / b;
  },
  rb(m: Machine, site: number, a: bigint, b: bigint): bigint {
    if (b === ZERO) m.fault(site, DIVISION);
    return a % b;
  },
  /** The count of a shift of something `width` bits wide. */
  sh(m: Machine, site: number, count: number | bigint, width: number): number {
    const n = Number(count);
    if (n < 0 || n >= width) m.fault(site, SHIFT);
    return n;
  },
  /** An index into an array of `length`; `most` is the largest that may be. */
  ix(m: Machine, site: number, index: number | bigint, most: number): number {
    const n = Number(index);
    if (n < 0 || n > most) m.fault(site, INDEX);
    return n;
  },
  /** A 64-bit integer as a pointer. */
  pt(m: Machine, site: number, value: bigint): number {
    const n = Number(BigInt.asIntN(64, value));
    if (!Number.isSafeInteger(n)) m.fault(site, POINTER);
    return n;
  },
  /** A local that must have been set. */
  un<T extends number | bigint>(m: Machine, site: number, value: T | undefined): T {
    return value ?? m.fault(site, UNSET);
  },
  /** Position of the highest set bit, for ilog2(); -1 for 0. */
  lg(value: number | bigint): number {
    return value === ZERO || value === 0
      ? -1
      : BigInt.asUintN(64, BigInt(value)).toString(2).length - 1;
  },
  /** The value that array_index_nospec() gives: the index if it is below the size, else 0. */
  ns(index: bigint, size: bigint): bigint {
    return index < size ? index : ZERO;
  },
} as const;
