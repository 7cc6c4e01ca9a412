// SPDX-License-Identifier: GPL-2.0-only
// Integer conversions of C that a port has to write out, since TypeScript's numbers are not C's.

/** (u64)value: wraps to 64 bits. */
export function u64(value: number | bigint): bigint {
  return BigInt.asUintN(64, BigInt(value));
}

/** (u32)value: wraps to 32 bits. */
export function u32(value: number | bigint): number {
  return typeof value === 'bigint' ? Number(BigInt.asUintN(32, value)) : value >>> 0;
}

/** (u16)value: the lowest 16 bits. */
export function u16(value: number): number {
  return value & 0xffff;
}
